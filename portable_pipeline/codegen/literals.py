"""The one way by which values become source text.

A template prints only `Source`: text made by the functions of this module. A plain string in a template is a bug of
ours and raises, so no value of a user can become code.
"""

from __future__ import annotations

import keyword
import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any


class Source(str):
    """Text that is known to be safe source code."""

    __slots__ = ()

    def __html__(self) -> str:
        """What Jinja asks for before it would escape."""
        return str(self)


def literal(value: object) -> Source:
    """The Python expression for a value; dates and durations expect `from datetime import ...`.

    Args:
        value: None, bool, int, finite float, str, date, datetime (naive or UTC), timedelta; lists, tuples and dicts
            of these.

    Raises:
        TypeError: For a value of another type.
        ValueError: For a float that is not finite.

    >>> print(literal({"a": [1, True], "b": timedelta(minutes=90)}))
    {'a': [1, True], 'b': timedelta(minutes=90)}
    """
    write = _WRITERS.get(type(value))
    if write is None:
        raise TypeError(f"no literal for {type(value).__name__}")
    return Source(write(value))


def identifier(name: str) -> Source:
    """A name or dotted name, as it is.

    Raises:
        ValueError: If it is no Python identifier, or a keyword.
    """
    if not all(part.isidentifier() and not keyword.iskeyword(part) for part in name.split(".")):
        raise ValueError(f"{name!r} is no identifier")
    return Source(name)


def docstring(text: str) -> Source:
    """A text as a docstring: triple-quoted where that reads back exactly, else an escaped literal."""
    exact = "\\" not in text and '"""' not in text and not text.endswith('"')
    printable = all(line.isprintable() for line in text.split("\n"))
    return Source(f'"""{text}"""') if exact and printable and text else literal(text)


def comment(text: str) -> Source:
    """A text as comment lines; characters that cannot be printed stand as escapes."""
    return Source("\n".join(f"# {_printable(line)}".rstrip() for line in text.splitlines()))


def commas(items: Iterable[Source]) -> Source:
    """Pieces of source, separated by commas."""
    return _joined(", ", items)


def in_tuple(items: Sequence[Source]) -> Source:
    """A tuple of them. A comma behind the last of several would make the formatter give each its own line."""
    return Source(f"({items[0]},)" if len(items) == 1 else f"({commas(items)})")


def lines(items: Iterable[Source]) -> Source:
    """Pieces of source, each on its own line."""
    return _joined("\n", items)


def _joined(separator: str, items: Iterable[Source]) -> Source:
    pieces = tuple(items)
    for piece in pieces:
        if not isinstance(piece, Source):
            raise TypeError(f"{piece!r} is no source text: pass it through literal() or identifier()")
    return Source(separator.join(pieces))


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def _float(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"{value!r} has no literal")
    return repr(value)


def _list(value: list[Any]) -> str:
    return f"[{', '.join(map(literal, value))}]"


def _tuple(value: tuple[Any, ...]) -> str:
    return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"


def _dict(value: dict[Any, Any]) -> str:
    return f"{{{', '.join(f'{literal(key)}: {literal(item)}' for key, item in value.items())}}}"


def _date(value: date) -> str:
    return f"date({value.year}, {value.month}, {value.day})"


def _datetime(value: datetime) -> str:
    if value.tzinfo not in (None, timezone.utc):
        raise TypeError("no literal for a datetime in a zone other than UTC")
    fields = [value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond]
    while len(fields) > 3 and not fields[-1]:
        fields.pop()
    zone = ", tzinfo=timezone.utc" if value.tzinfo else ""
    return f"datetime({', '.join(map(str, fields))}{zone})"


_UNITS = (("days", timedelta(days=1)), ("hours", timedelta(hours=1)), ("minutes", timedelta(minutes=1)))


def _timedelta(value: timedelta) -> str:
    for name, unit in _UNITS:
        if value and not value % unit:
            return f"timedelta({name}={value // unit})"
    seconds = value.total_seconds()
    if timedelta(seconds=seconds) != value:  # beyond what a float holds
        return f"timedelta(days={value.days}, seconds={value.seconds}, microseconds={value.microseconds})"
    return f"timedelta(seconds={int(seconds) if seconds.is_integer() else repr(seconds)})"


_WRITERS: dict[type, Callable[[Any], str]] = {
    type(None): repr,
    bool: repr,
    int: repr,
    str: repr,
    Source: lambda value: repr(str(value)),
    float: _float,
    list: _list,
    tuple: _tuple,
    dict: _dict,
    date: _date,
    datetime: _datetime,
    timedelta: _timedelta,
}
