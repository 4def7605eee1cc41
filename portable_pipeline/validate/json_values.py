"""JSON values against types and constraints: constants and defaults, before any run has them."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from pydantic import JsonValue

from portable_pipeline.ir import Choice, Constraints, DictOf, ListOf, OptionalOf, Record, Scalar, Type
from portable_pipeline.validate.type_names import type_name

# Later Pythons read more forms of a date, and engines run on several.
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Mismatch(NamedTuple):
    """Where a value is not of its type, and how.

    Args:
        place: Empty for the whole value, else as "`[1].name` in ", to stand before what the value is called.
        reason: As "is True, not int".
    """

    place: str
    reason: str


def mismatch(value: JsonValue, declared: Type, path: str = "") -> Mismatch | None:
    """The first place at which the value is not of the type; None when there is none.

    Args:
        path: Of the value in the whole.
    """
    match declared:
        case OptionalOf():
            return None if value is None else mismatch(value, declared.item, path)
        case Scalar():
            fits = _SCALARS[declared.name](value)
        case Choice():
            fits = any(value == each and type(value) is type(each) for each in declared.values)
        case ListOf():
            if isinstance(value, list):
                return _first(mismatch(item, declared.item, f"{path}[{at}]") for at, item in enumerate(value))
            fits = False
        case DictOf():
            if isinstance(value, dict):
                return _first(mismatch(item, declared.value, f"{path}[{key!r}]") for key, item in value.items())
            fits = False
        case Record():
            if isinstance(value, dict):
                return _record_mismatch(value, declared, path)
            fits = False
    return None if fits else _wrong(path, f"is {shown(value)}, not {type_name(declared)}")


def _wrong(path: str, reason: str) -> Mismatch:
    return Mismatch(f"`{path}` in " if path else "", reason)


def violations(value: JsonValue, bounds: Constraints) -> Iterator[str]:
    """Which constraints the value violates, as "20 is not at most 1"; those for other types say nothing."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        for limit, words, holds in (
            (bounds.ge, "at least", lambda limit: value >= limit),
            (bounds.gt, "more than", lambda limit: value > limit),
            (bounds.le, "at most", lambda limit: value <= limit),
            (bounds.lt, "less than", lambda limit: value < limit),
            (bounds.multiple_of, "a multiple of", lambda limit: _is_multiple(value, limit)),
        ):
            if limit is not None and not holds(limit):
                yield f"{shown(value)} is not {words} {limit}"
    if isinstance(value, str | list | dict):
        if bounds.min_length is not None and len(value) < bounds.min_length:
            yield f"its length is {len(value)}, not at least {bounds.min_length}"
        if bounds.max_length is not None and len(value) > bounds.max_length:
            yield f"its length is {len(value)}, not at most {bounds.max_length}"
    # A pattern matches anywhere, as in JSON Schema.
    if isinstance(value, str) and bounds.pattern is not None and not compiled(bounds.pattern).search(value):
        yield f"{shown(value)} does not match `{bounds.pattern}`"


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The regular expression.

    Raises:
        re.error, OverflowError, RecursionError: If it is none.
    """
    with warnings.catch_warnings():
        # What later Pythons may read differently is no matter between the user and us.
        warnings.simplefilter("ignore")
        return re.compile(pattern)


def shown(value: JsonValue, limit: int = 40) -> str:
    """The value as in Python, cut short.

    Args:
        limit: Number of characters.
    """
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def non_finite(value: JsonValue) -> float | None:
    """A NaN or an infinity anywhere in the value."""
    if isinstance(value, float):
        return None if math.isfinite(value) else value
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for item in items if (found := non_finite(item)) is not None), None)


def _first(found: Iterator[Mismatch | None]) -> Mismatch | None:
    return next((each for each in found if each is not None), None)


def _record_mismatch(value: dict[str, JsonValue], declared: Record, path: str) -> Mismatch | None:
    fields = {field.name: field for field in declared.fields}
    for name in value:
        if name not in fields:
            return _wrong(path, f"has a field `{name}`, which {declared.name} has not")
    for name, field in fields.items():
        if field.required and name not in value:
            return _wrong(path, f"lacks the field `{name}` of {declared.name}")
    return _first(mismatch(item, fields[name].type, f"{path}.{name}") for name, item in value.items())


def _is_multiple(value: float, of: float) -> bool:
    if not of or not math.isfinite(of) or not math.isfinite(value):
        return False
    if isinstance(value, int) and isinstance(of, int):
        return value % of == 0
    try:
        return math.isclose(math.remainder(value, of), 0, abs_tol=1e-9)
    except OverflowError:
        return False


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_date(value: JsonValue) -> bool:
    return isinstance(value, str) and _DATE.fullmatch(value) is not None and _reads(date.fromisoformat, value)


def _is_datetime(value: JsonValue) -> bool:
    if not isinstance(value, str):
        return False
    # Python 3.10 does not read the Z.
    return _reads(datetime.fromisoformat, f"{value[:-1]}+00:00" if value.endswith(("Z", "z")) else value)


def _is_timedelta(value: JsonValue) -> bool:
    return _is_number(value) and _reads(lambda seconds: timedelta(seconds=seconds), value)


def _reads(parse: Callable[[Any], object], value: JsonValue) -> bool:
    try:
        parse(value)
    except (ValueError, OverflowError):
        return False
    return True


_SCALARS: dict[str, Callable[[JsonValue], bool]] = {
    "any": lambda value: True,
    "none": lambda value: value is None,
    "bool": lambda value: isinstance(value, bool),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "float": _is_number,
    "str": lambda value: isinstance(value, str),
    "date": _is_date,
    "datetime": _is_datetime,
    "timedelta": _is_timedelta,
}
