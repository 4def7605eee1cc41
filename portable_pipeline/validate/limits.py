"""Whether any value compares with several constants as it should."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeGuard

from pydantic import JsonValue


class Limit(NamedTuple):
    """How a value compares with a constant.

    Args:
        relation: `==`, `<`, `<=` or `in`.
        constant: What with; for `in` a list.
        holds: Whether it does.
    """

    relation: str
    constant: JsonValue
    holds: bool


def nothing_fits(limits: Sequence[Limit]) -> bool:
    """Whether no value is within all of them.

    Only numbers have an order here: whether a text is a date or a name, its constant does not tell.

    >>> nothing_fits([Limit("<", 2, True), Limit("<=", 3, False)])
    True
    >>> nothing_fits([Limit("in", ["a", "b"], True), Limit("==", "b", False)])
    False
    """
    listed = [each.constant if each.relation == "in" else [each.constant] for each in limits if _names_values(each)]
    for values in listed:
        if isinstance(values, list):
            return not any(all(_fits(value, limit) for limit in limits) for value in values)
    return _no_number_fits(limits)


def _names_values(limit: Limit) -> bool:
    return limit.holds and limit.relation in ("==", "in")


def _fits(value: JsonValue, limit: Limit) -> bool:
    constant = limit.constant
    if limit.relation == "==":
        return (value == constant) is limit.holds
    if limit.relation == "in":
        return not isinstance(constant, list) or (value in constant) is limit.holds
    if not _is_number(value) or not _is_number(constant):
        return True
    return (value < constant or (limit.relation == "<=" and value == constant)) is limit.holds


def _no_number_fits(limits: Sequence[Limit]) -> bool:
    # Each with whether the bound itself is out: where two are equal, the one that is out counts.
    lower = [(each.constant, each.relation == "<=") for each in limits if not each.holds and _bounds(each)]
    upper = [(each.constant, each.relation == "<=") for each in limits if each.holds and _bounds(each)]
    numbers = [[(bound, mark) for bound, mark in each if _is_number(bound)] for each in (lower, upper)]
    if not all(numbers):
        return False
    (least, is_out), (most, is_in) = max(numbers[0]), min(numbers[1])
    return least > most or (least == most and (is_out or not is_in))


def _bounds(limit: Limit) -> bool:
    return limit.relation in ("<", "<=")


def _is_number(value: JsonValue) -> TypeGuard[int | float]:
    return isinstance(value, int | float)
