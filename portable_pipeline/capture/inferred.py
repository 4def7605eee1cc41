"""The types of constants that no annotation describes: items of loops, sides of comparisons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import JsonValue

from portable_pipeline.capture.annotations import UnsupportedAnnotation, record_form, type_of
from portable_pipeline.capture.constants import NotPortable, as_json, is_of_type
from portable_pipeline.ir import DictOf, ListOf, OptionalOf, Type
from portable_pipeline.ir.types import ANY, BOOL, DATE, DATETIME, FLOAT, INT, NONE, STR, TIMEDELTA

_SCALARS: dict[type, Type] = {
    bool: BOOL,
    int: INT,
    float: FLOAT,
    str: STR,
    type(None): NONE,
    datetime: DATETIME,
    date: DATE,
    timedelta: TIMEDELTA,
}
_LISTS = (list, tuple, set, frozenset, range)


def is_listed(value: object) -> bool:
    """Whether a constant counts as a list: a NamedTuple is a record."""
    return isinstance(value, _LISTS) and not hasattr(value, "_fields")


def listed(value: Any) -> list[Any]:
    """The items of what counts as a list, in an order that does not change."""
    return sorted(value, key=repr) if isinstance(value, set | frozenset) else list(value)


def inferred(value: object) -> Type:
    """The narrowest type of a constant."""
    if type(value) in _SCALARS:
        return _SCALARS[type(value)]
    if record_form(type(value)) is not None:
        try:
            return type_of(type(value))
        except UnsupportedAnnotation:
            return ANY
    if is_listed(value):
        return ListOf(item=common(map(inferred, listed(value))))
    if isinstance(value, dict):
        return DictOf(value=common(map(inferred, value.values())))
    return ANY


def common(types: Iterable[Type]) -> Type:
    """A type that each of the types may stand for; any JSON value where there is nothing narrower."""
    found = list(dict.fromkeys(types))
    if len(found) == 1:
        return found[0]
    if found and all(each in (INT, FLOAT) for each in found):
        return FLOAT
    if NONE in found:
        item = common(each for each in found if each != NONE)
        return item if item == ANY or isinstance(item, OptionalOf) else OptionalOf(item=item)
    return ANY


def as_typed(value: Any, declared: Type | None) -> tuple[JsonValue, Type]:
    """The constant as JSON of the declared type, where it is one, else of its own.

    Raises:
        NotPortable: If it is no JSON.
    """
    if is_listed(value):
        value = listed(value)
    if declared is not None:
        try:
            converted = as_json(value, declared)
        except NotPortable:
            converted = None
        else:
            if is_of_type(converted, declared):
                return converted, declared
    own = inferred(value)
    return as_json(value, own), own
