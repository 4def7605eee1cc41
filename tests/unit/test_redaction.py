from __future__ import annotations

from pathlib import Path

import pytest

from portable_pipeline.redaction import HIDDEN, Redactor, is_secret


@pytest.mark.parametrize(
    "name", ["password", "db_password", "DB_PASSWORD", "apiToken", "api-key", "client_secret2_secret"]
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", ["tokenizer", "max_tokens", "author", "compass", "key", "secretary", "bypass"])
def test_other_names(name: str) -> None:
    assert not is_secret(name)


def test_a_secret_is_hidden_wherever_it_appears() -> None:
    redactor = Redactor(
        [{"api_token": 'tr"icky', "nested": {"password": ["one-of-two", "two-of-two"]}, "other": "seen"}]
    )
    assert redactor.text('a tr"icky word, seen') == f"a {HIDDEN} word, seen"
    # As JSON and `repr` write it.
    assert "icky" not in redactor.text('{"a": "tr\\"icky"}')
    assert redactor.text("one-of-two two-of-two") == f"{HIDDEN} {HIDDEN}"
    assert redactor.value("api_token", "anything") == HIDDEN
    assert "deep" not in redactor.value("config", {"a": [{"password": "deep"}]})


def test_a_secret_that_holds_another_is_hidden_whole() -> None:
    redactor = Redactor([{"a_token": "abcd", "b_token": "abcdefgh"}])
    assert redactor.text("abcdefgh") == HIDDEN


def test_values_are_hidden_at_their_place_and_stay_values() -> None:
    redactor = Redactor([{"api_token": "tricky", "password": 123456}])
    values = {
        "api_token": ["anything"],
        "text": "a tricky word",
        "pin": 1234567,
        "nested": [{"password": 1, "n": 0.5, "yes": True, "none": None, "word": "tricky"}],
    }
    assert redactor.values(values) == {
        "api_token": HIDDEN,
        "text": f"a {HIDDEN} word",
        "pin": HIDDEN,
        "nested": [{"password": HIDDEN, "n": 0.5, "yes": True, "none": None, "word": HIDDEN}],
    }


def test_numbers_are_secrets_and_short_texts_are_only_hidden_at_their_place() -> None:
    redactor = Redactor([{"token": 123456, "secret": "a", "auth": True}])
    assert redactor.text("123456 a banana, True") == f"{HIDDEN} a banana, True"
    assert redactor.value("secret", "a") == HIDDEN


def test_passwords_in_addresses_are_hidden() -> None:
    redactor = Redactor([])
    assert redactor.text("postgresql://reader:hunter2@db/x?a=b@c") == f"postgresql://reader:{HIDDEN}@db/x?a=b@c"
    assert redactor.text("http://host:8080/path, s3://bucket/a@b") == "http://host:8080/path, s3://bucket/a@b"


def test_what_is_in_the_folder_of_the_run_is_named_without_it() -> None:
    redactor = Redactor([], Path("/data/.ppc/runs/1"))
    assert redactor.text('File "/data/.ppc/runs/1/code/p.py"') == 'File "code/p.py"'
