"""Placeholders of commands: values are data, whatever stands in them and wherever they go."""

from __future__ import annotations

import subprocess

import pytest

from portable_pipeline.runtime.artifacts import Artifact
from portable_pipeline.runtime.commands import argv

NASTY = [
    "",
    " ",
    "a b",
    "*",
    "'",
    '"',
    "\\",
    "$(id)",
    "`id`",
    "${HOME}",
    "; exit 3",
    "-n",
    "{x}",
    "{{x}}",
    "a\nb",
    "ä🐍",
    "%s",
]


def shell(line: str, **values: object) -> str:
    return subprocess.run(argv(line, values), capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("value", NASTY)
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("printf %s {x}", "{0}"),
        ("printf %s pre{x}post", "pre{0}post"),
        ('printf %s "in {x} it"', "in {0} it"),
        ("printf %s 'in {x} it'", "in {0} it"),
        ("printf %s 'don'\\''t '{x}", "don't {0}"),
        ('printf %s "a\\"b {x}"', 'a"b {0}'),
        ("printf %s 'a\\'{x}", "a\\{0}"),
        ('printf %s "$(printf %s {x}.)"', "{0}."),
        ("printf %s \"$( (printf '%s' {x}.) ){x}\"", "{0}.{0}"),
    ],
)
def test_a_value_in_a_shell_line_is_one_word_of_data(line: str, expected: str, value: str) -> None:
    assert shell(line, x=value) == expected.format(value)


@pytest.mark.parametrize("value", NASTY)
def test_a_value_in_a_list_is_part_of_one_argument(value: str) -> None:
    assert argv(["printf", "%s", "<{x}>", "{{x}}"], {"x": value}) == ["printf", "%s", f"<{value}>", "{x}"]


def test_braces_of_the_shell_are_written_twice() -> None:
    assert shell("printf %s ${{x:-default}}", x="unused") == "default"
    assert shell("echo a b | awk '{{ print $2 }}'") == "b\n"


def test_values_other_than_strings_are_json() -> None:
    values = {"i": 3, "f": 1.5, "b": True, "n": None, "l": [1, "ä"], "d": {"a": 1}}
    assert argv([f"{{{name}}}" for name in values], values) == ["3", "1.5", "true", "null", '[1, "ä"]', '{"a": 1}']


def test_artifacts_by_path_and_uri() -> None:
    data = Artifact("/data/a b.csv", "file:///data/a b.csv")
    assert argv(["{d.path}", "{d.uri}"], {"d": data}) == ["/data/a b.csv", "file:///data/a b.csv"]
    assert shell("printf %s {d.path}", d=data) == "/data/a b.csv"


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("{y}", "the command names `y`, which is neither an input nor an output"),
        ("{d}", "`d` is an artifact: write {d.path} or {d.uri}"),
        ("{x.path}", "`x` is no artifact: write {x}"),
        ("{", "a brace of its own is written twice: {{"),
        ("a } b", "a brace of its own is written twice: }}"),
        ("{x!r}", "a brace of its own is written twice: {{"),
        ("{}", "a brace of its own is written twice: {{"),
    ],
)
@pytest.mark.parametrize("as_line", [True, False])
def test_what_cannot_be_filled_is_refused(word: str, message: str, as_line: bool) -> None:
    with pytest.raises(ValueError) as refused:
        argv(word if as_line else [word], {"x": 1, "d": Artifact("/a", "/a")})
    assert str(refused.value) == message
