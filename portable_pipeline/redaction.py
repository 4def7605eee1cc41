"""What is not to be seen: values of what is called a secret, wherever they appear, passwords in addresses, paths."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pydantic import JsonValue

HIDDEN = "•••••• (hidden)"

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:pass(?:word|wd|phrase)?|pwd|secrets?|token|api_?key|access_?key|private_?key|credentials?|auth)(?:_|$)"
)
_WORD_BEGINS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_PASSWORD_IN_ADDRESS = re.compile(r"(?<=://)([^\s/:@'\"]*):([^\s/@'\"]+)(?=@)")
#: Shorter values would be found in words that have nothing to do with them.
_SHORTEST = 4


def is_secret(name: str) -> bool:
    """Whether a name says that its value is nobody's business.

    >>> [is_secret(name) for name in ("api_token", "dbPassword", "tokenizer", "max_tokens", "key")]
    [True, True, False, False, False]
    """
    return bool(_SECRET_NAME.search(_WORD_BEGINS.sub("_", name).lower()))


def has_secrets(values: Mapping[str, JsonValue]) -> bool:
    """Whether any of the values, or something inside of one, is called a secret."""
    return next(_secrets(dict(values), secret=False), None) is not None


class Redactor:
    """Takes secrets out of texts, and shortens paths.

    Args:
        known: Values by name, in which secrets are looked for; those inside of records and lists, too.
        folder: That of the run: what is in it is named without it.
    """

    def __init__(self, known: Iterable[Mapping[str, JsonValue]], folder: Path | None = None) -> None:
        self._folder = "" if folder is None else f"{folder}/"
        found = {text for values in known for text in _secrets(dict(values), secret=False) if len(text) >= _SHORTEST}
        longest_first = sorted(found, key=lambda text: (-len(text), text))
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if found else None

    def text(self, text: str) -> str:
        """The text without what must not be seen."""
        if self._folder:
            text = text.replace(self._folder, "")
        if self._pattern is not None:
            text = self._pattern.sub(HIDDEN, text)
        return _PASSWORD_IN_ADDRESS.sub(rf"\1:{HIDDEN}", text)

    def value(self, name: str, value: JsonValue) -> str:
        """A value as JSON, without what must not be seen; hidden as a whole if its name says so."""
        return HIDDEN if is_secret(name) else self.text(json.dumps(_masked(value), ensure_ascii=False, indent=1))

    def values(self, values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """Values by name, as far as they may be seen, for what is written as JSON later."""
        return {name: HIDDEN if is_secret(name) else self._cleared(value) for name, value in values.items()}

    def _cleared(self, value: JsonValue) -> JsonValue:
        match value:
            case dict():
                return self.values(value)
            case list():
                return [self._cleared(each) for each in value]
            case str():
                return self.text(value)
            case bool() | None:
                return value
        # A number is hidden as a whole or not at all.
        return HIDDEN if HIDDEN in self.text(str(value)) else value


def _secrets(value: JsonValue, *, secret: bool) -> Iterator[str]:
    """The texts in a value that are secret, as they stand and as JSON writes them."""
    match value:
        case dict():
            for name, inner in value.items():
                yield from _secrets(inner, secret=secret or is_secret(name))
        case list():
            for inner in value:
                yield from _secrets(inner, secret=secret)
        case str() if secret:
            yield from (value, json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1])
        case bool() | None:
            return
        case int() | float() if secret:
            yield str(value)


def _masked(value: JsonValue) -> JsonValue:
    match value:
        case dict():
            return {name: HIDDEN if is_secret(name) else _masked(inner) for name, inner in value.items()}
        case list():
            return [_masked(inner) for inner in value]
    return value
