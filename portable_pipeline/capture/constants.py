"""From Python values that are known at compile time to JSON, by their declared types."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import JsonValue

from portable_pipeline.ir import Choice, DictOf, ListOf, OptionalOf, Record, Scalar, Type

#: Longer paths into a value mean that it contains itself.
_DEEPEST = 10_000


class NotPortable(Exception):
    """A value cannot be written as JSON of its declared type.

    Args:
        value: The value, or the part of it that cannot.
        path: Where in the value the part is, `[2].name`; empty for the whole.
        expected: What is declared there.
    """

    def __init__(self, value: Any, path: str, expected: str) -> None:
        self.value = value
        self.path = path
        self.expected = expected
        super().__init__(f"{path or 'it'} is a {type(value).__name__}, declared is {expected}")


def as_json(value: Any, declared: Type, path: str = "") -> JsonValue:
    """The value as JSON: dates in ISO form, timedeltas in seconds, records as dicts.

    What is JSON already but not of the declared type is left as it is: validation says so for every front end.

    Raises:
        NotPortable: If it is none, or is JSON that only looks like the declared type.
    """
    if isinstance(declared, OptionalOf):
        return None if value is None else as_json(value, declared.item, path)
    if isinstance(declared, ListOf) and isinstance(value, list):
        return [as_json(each, declared.item, f"{path}[{index}]") for index, each in enumerate(value)]
    if isinstance(declared, DictOf) and isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: as_json(each, declared.value, f"{path}[{key!r}]") for key, each in value.items()}
    if isinstance(declared, Record):
        return _record_as_json(value, declared, path)
    if isinstance(declared, Scalar):
        return _scalar_as_json(value, declared, path)
    return _plain(value, path, described(declared))


def _scalar_as_json(value: Any, declared: Scalar, path: str) -> JsonValue:
    match declared.name, value:
        case "datetime", datetime():
            return value.isoformat()
        case "date", date() if not isinstance(value, datetime):
            return value.isoformat()
        case "timedelta", timedelta():
            return value.total_seconds()
        case "date" | "datetime" | "timedelta", _:
            raise NotPortable(value, path, described(declared))
        case "float", int() | float() if not isinstance(value, bool):
            return float(value)
    return _plain(value, path, described(declared))


def _record_as_json(value: Any, declared: Record, path: str) -> JsonValue:
    if declared.form == "typeddict":
        given = value if isinstance(value, dict) else None
    elif (type(value).__module__, type(value).__qualname__) != (declared.module, declared.name):
        given = None
    elif declared.form == "namedtuple":
        given = value._asdict()
    else:
        given = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    if given is None:
        raise NotPortable(value, path, described(declared))
    by_name = {each.name: each.type for each in declared.fields}
    missing = [each.name for each in declared.fields if each.required and each.name not in given]
    if missing or not given.keys() <= by_name.keys():
        raise NotPortable(value, path, described(declared))
    return {name: as_json(each, by_name[name], f"{path}.{name}") for name, each in given.items()}


def _plain(value: Any, path: str, expected: str) -> JsonValue:
    """The value, proven to be JSON: exactly its types, so that what arrives is what was given."""
    if value is None or type(value) in (bool, int, float):
        return value  # type: ignore[no-any-return] # mypy does not narrow by `in`
    if type(value) is str:
        if not is_text(value):
            raise NotPortable(value, path, "text that UTF-8 can write")
        return value
    if len(path) > _DEEPEST:
        raise NotPortable(value, "", "JSON that does not contain itself")
    if type(value) is list:
        return [_plain(each, f"{path}[{index}]", "JSON") for index, each in enumerate(value)]
    if type(value) is dict and all(type(key) is str and is_text(key) for key in value):
        return {key: _plain(each, f"{path}[{key!r}]", "JSON") for key, each in value.items()}
    raise NotPortable(value, path, expected)


def is_text(value: str) -> bool:
    """Whether it can be written as UTF-8: half of a surrogate pair cannot."""
    return value.isascii() or not any("\ud800" <= each <= "\udfff" for each in value)


def described(declared: Type) -> str:
    """The type as its author would write it."""
    match declared:
        case Scalar():
            return {"none": "None", "any": "Any"}.get(declared.name, declared.name)
        case ListOf():
            return f"list[{described(declared.item)}]"
        case DictOf():
            return f"dict[str, {described(declared.value)}]"
        case OptionalOf():
            return f"{described(declared.item)} | None"
        case Choice():
            return f"Literal[{', '.join(map(repr, declared.values))}]"
    return declared.name


def is_of_type(value: JsonValue, declared: Type) -> bool:
    """Whether JSON that came from a Python default has the declared type, so that engines may pass it."""
    match declared:
        case OptionalOf():
            return value is None or is_of_type(value, declared.item)
        case ListOf():
            return isinstance(value, list) and all(is_of_type(each, declared.item) for each in value)
        case DictOf():
            return isinstance(value, dict) and all(is_of_type(each, declared.value) for each in value.values())
        case Choice():
            return any(value == each and type(value) is type(each) for each in declared.values)
        case Record():
            types = {each.name: each.type for each in declared.fields}
            return isinstance(value, dict) and all(is_of_type(each, types[name]) for name, each in value.items())
    python: dict[str, type | tuple[type, ...]] = {
        "int": int, "float": float, "str": str, "bool": bool, "none": type(None),
        "date": str, "datetime": str, "timedelta": float, "any": object,
    }  # fmt: skip
    bool_for_number = isinstance(value, bool) and declared.name in ("int", "float")
    return isinstance(value, python[declared.name]) and not bool_for_number
