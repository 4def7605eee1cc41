"""What a run is given: parameters, read and checked by their types (P1-P3), and the run's date (D1).

| type            | on the command line        | as JSON                          |
|-----------------|----------------------------|----------------------------------|
| str             | as it is                   | string                           |
| int, float      | `3`, `0.5`                 | number                           |
| bool            | `true`, `false`            | true, false                      |
| date, datetime  | `2026-01-05`, ISO 8601     | the same                         |
| timedelta       | `90s`, `30m`, `2h`, `90`   | the same, or a number of seconds |
| list, dict      | JSON                       | array, object                    |
| record          | JSON                       | object of its fields             |
| `T | None`      | `null`, or as T            | null, or as T                    |
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, cast

from pydantic import JsonValue

from portable_pipeline.diagnostics import Diagnostic, Refused
from portable_pipeline.diagnostics.catalog.parameters import (
    BadRunDate,
    IllTypedParameter,
    MissingParameter,
    UnknownParameter,
)
from portable_pipeline.dsl.durations import parse_duration
from portable_pipeline.ir import (
    Choice,
    Constraints,
    DictOf,
    ListOf,
    OptionalOf,
    Parameter,
    Pipeline,
    Record,
    Scalar,
    Type,
)


class _Mismatch(Exception):
    """A value is not what its type says; the message goes after the parameter's name."""


def given_parameters(
    pipeline: Pipeline, texts: Mapping[str, str] | None = None, values: Mapping[str, Any] | None = None
) -> dict[str, JsonValue]:
    """What a run was given, as JSON values of the declared types; defaults are not filled in.

    Args:
        texts: From the command line, read by the parameter's type; these win.
        values: JSON values, as from a file.

    Raises:
        Refused: If a name is unknown, a value is ill-typed or out of bounds, or one that has no default is missing.
    """
    texts, values = texts or {}, values or {}
    declared = {each.name: each for each in pipeline.parameters}
    found: list[Diagnostic] = []
    given: dict[str, JsonValue] = {}
    for name in dict.fromkeys((*values, *texts)):
        parameter = declared.get(name)
        if parameter is None:
            found.append(UnknownParameter.of(pipeline.name, name, declared))
            continue
        try:
            value = _read(texts[name], parameter.type) if name in texts else values[name]
            given[name] = _checked(value, parameter.type)
            _within(given[name], parameter.constraints)
        except _Mismatch as error:
            found.append(_ill_typed(parameter, str(error)))
    missing = (
        each for each in pipeline.parameters if each.required and each.name not in (texts.keys() | values.keys())
    )
    found += (MissingParameter(name=each.name, span=each.span) for each in missing)
    if found:
        raise Refused(found)
    return given


def with_defaults(pipeline: Pipeline, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """All parameters of a run: what it was given, and the defaults of the rest."""
    return {each.name: given.get(each.name, each.default) for each in pipeline.parameters}


def run_date(text: str | None) -> str | None:
    """The date or instant that a run was given, in ISO form; None is now.

    Raises:
        Refused: If it is neither.
    """
    if text is None:
        return None
    for parse in (date.fromisoformat, _instant):
        try:
            return parse(text).isoformat()
        except ValueError:
            continue
    raise Refused([BadRunDate(text=text)])


def _ill_typed(parameter: Parameter, reason: str) -> IllTypedParameter:
    shown = "" if parameter.required else f"its default is {json.dumps(parameter.default, ensure_ascii=False)}"
    return IllTypedParameter(name=parameter.name, reason=reason, suggestion=shown, span=parameter.span)


def _read(text: str, declared: Type) -> JsonValue:
    """The JSON value that a text on the command line stands for."""
    if isinstance(declared, OptionalOf):
        return None if text == "null" else _read(text, declared.item)
    if isinstance(declared, Choice):
        return next((each for each in declared.values if _spelled(each) == text), text)
    if isinstance(declared, Scalar) and declared.name in _READERS:
        return _READERS[declared.name](text)
    try:
        value: JsonValue = json.loads(text)
    except ValueError:
        if isinstance(declared, Scalar):  # Any
            return text
        raise _Mismatch(
            f"is {_named(declared)}, written as JSON on the command line; this is not JSON: {text}"
        ) from None
    return value


def _read_int(text: str) -> JsonValue:
    return int(text) if re.fullmatch(r"[+-]?\d+", text) else text


def _read_float(text: str) -> JsonValue:
    try:
        return float(text)
    except ValueError:
        return text


def _read_bool(text: str) -> JsonValue:
    return {"true": True, "false": False}.get(text.lower(), text)


def _read_none(text: str) -> JsonValue:
    return None if text == "null" else text


_READERS: dict[str, Callable[[str], JsonValue]] = {
    "str": str,
    "date": str,
    "datetime": str,
    "timedelta": str,
    "int": _read_int,
    "float": _read_float,
    "bool": _read_bool,
    "none": _read_none,
}


def _checked(value: Any, declared: Type) -> JsonValue:
    """The value in the form in which it travels, if it is of the type."""
    if isinstance(declared, Scalar):
        return _scalar(value, declared)
    if isinstance(declared, OptionalOf):
        return None if value is None else _checked(value, declared.item)
    if isinstance(declared, Choice):
        if not any(value == each and type(value) is type(each) for each in declared.values):
            raise _Mismatch(f"is one of {', '.join(map(_spelled, declared.values))}, not {_shown(value)}")
        choice: JsonValue = value
        return choice
    return _container(value, declared)


def _scalar(value: Any, declared: Scalar) -> JsonValue:
    if declared.name == "any":
        anything: JsonValue = value
        return anything
    try:
        return _SCALARS[declared.name](value)
    except (ValueError, TypeError, OverflowError):
        raise _Mismatch(f"is {_named(declared)}, not {_shown(value)}") from None


def _container(value: Any, declared: ListOf | DictOf | Record) -> JsonValue:
    if isinstance(declared, ListOf):
        if not isinstance(value, list):
            raise _Mismatch(f"is {_named(declared)}, not {_shown(value)}")
        return [_checked(item, declared.item) for item in value]
    if not isinstance(value, dict):
        raise _Mismatch(f"is {_named(declared)}, not {_shown(value)}")
    if isinstance(declared, DictOf):
        return {key: _checked(item, declared.value) for key, item in value.items()}
    fields = {field.name: field for field in declared.fields}
    for name in value.keys() - fields.keys():
        raise _Mismatch(f"is {_named(declared)}, which has no field `{name}`")
    for name, field in fields.items():
        if field.required and name not in value:
            raise _Mismatch(f"is {_named(declared)}, whose field `{name}` is missing")
    return {name: _checked(value[name], field.type) for name, field in fields.items() if name in value}


def _exactly(kind: type) -> Callable[[Any], JsonValue]:
    def check(value: Any) -> JsonValue:
        if type(value) is not kind:
            raise TypeError
        return cast("JsonValue", value)

    return check


def _float(value: Any) -> JsonValue:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise TypeError
    return float(value)


def _instant(text: str) -> datetime:
    if text.endswith(("Z", "z")):  # Python 3.10 does not read it
        text = f"{text[:-1]}+00:00"
    return datetime.fromisoformat(text)


def _seconds(value: Any) -> JsonValue:
    if type(value) in (int, float):
        return _float(value)
    duration = parse_duration(value)
    return _float(float(value)) if duration is None else duration.total_seconds()


_SCALARS: dict[str, Callable[[Any], JsonValue]] = {
    "str": _exactly(str),
    "int": _exactly(int),
    "bool": _exactly(bool),
    "none": _exactly(type(None)),
    "float": _float,
    "date": lambda value: date.fromisoformat(value).isoformat(),
    "datetime": lambda value: _instant(value).isoformat(),
    "timedelta": _seconds,
}


def _within(value: Any, bounds: Constraints) -> None:
    for reason in _violations(value, bounds):
        raise _Mismatch(f"{reason}, not {_shown(value)}")


def _violations(value: Any, bounds: Constraints) -> Iterator[str]:
    if value is None:
        return
    if isinstance(value, int | float):
        for bound, words, holds in (
            (bounds.ge, "is at least", lambda limit: value >= limit),
            (bounds.gt, "is more than", lambda limit: value > limit),
            (bounds.le, "is at most", lambda limit: value <= limit),
            (bounds.lt, "is less than", lambda limit: value < limit),
            (
                bounds.multiple_of,
                "is a multiple of",
                lambda limit: math.isclose(math.remainder(value, limit), 0, abs_tol=1e-9),
            ),
        ):
            if bound is not None and not holds(bound):
                yield f"{words} {bound}"
    if isinstance(value, str | list | dict):
        if bounds.min_length is not None and len(value) < bounds.min_length:
            yield f"has a length of at least {bounds.min_length}"
        if bounds.max_length is not None and len(value) > bounds.max_length:
            yield f"has a length of at most {bounds.max_length}"
    # JSON Schema's patterns are not anchored, and neither are the engines'.
    if isinstance(value, str) and bounds.pattern is not None and not re.search(bounds.pattern, value):
        yield f"matches {bounds.pattern}"


_NAMES = {
    "int": "an int",
    "float": "a finite float",
    "str": "a str",
    "bool": "a bool (`true` or `false`)",
    "none": "None (`null`)",
    "date": "a date such as 2026-01-05",
    "datetime": "a datetime such as 2026-01-05T02:00:00+01:00",
    "timedelta": "a timedelta such as 90s, 30m or 2h",
    "any": "any value",
}


def _named(declared: Type) -> str:
    if isinstance(declared, Scalar):
        return _NAMES[declared.name]
    if isinstance(declared, Record):
        return f"a {declared.name} (an object)"
    return "a list" if isinstance(declared, ListOf) else "a dict"


def _spelled(value: bool | int | str) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"
