"""Limits of values: what nothing fits, nothing fits; against trying every value."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from portable_pipeline.validate.limits import Limit, nothing_fits

CONSTANTS = st.integers(0, 4)
LIMITS = st.one_of(
    st.builds(Limit, st.sampled_from(["==", "<", "<="]), CONSTANTS, st.booleans()),
    st.builds(Limit, st.just("in"), st.lists(CONSTANTS, min_size=1, max_size=3), st.booleans()),
)
#: The constants, what is between them, and what is beyond.
VALUES = [number / 2 for number in range(-1, 10)]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {"==": operator.eq, "<": operator.lt, "<=": operator.le}


def fits(value: float, limit: Limit) -> bool:
    if isinstance(limit.constant, list):
        return (value in limit.constant) is limit.holds
    return COMPARE[limit.relation](value, limit.constant) is limit.holds


@given(st.lists(LIMITS, min_size=1, max_size=5))
def test_numbers(limits: list[Limit]) -> None:
    some = any(all(fits(value, limit) for limit in limits) for value in VALUES)
    assert not (nothing_fits(limits) and some)
    # Of what is said to be different from a constant only, and so on, the last word is left to a run.
    excluded = [limit for limit in limits if not limit.holds and limit.relation in ("==", "in")]
    if not excluded:
        assert nothing_fits(limits) is not some


@pytest.mark.parametrize(
    ("limits", "nothing"),
    [
        ([("==", "a", True), ("==", "b", True)], True),
        ([("in", ["a", "b"], True), ("==", "b", False)], False),
        ([("in", ["a", "b"], True), ("in", ["a"], False), ("==", "b", False)], True),
        ([("<", "2026-01-02", True), ("<", "2026-01-05", False)], False),  # a text, a date or an instant: not told
        ([("==", None, True), ("==", 0, True)], True),
        ([("==", [1], True), ("==", [2], True)], True),
        ([("==", 1, True), ("==", 1.0, True)], False),
        ([("in", "abc", True), ("==", "d", True)], False),  # no list: another check says so
    ],
)
def test_other_values(limits: list[tuple[str, JsonValue, bool]], nothing: bool) -> None:
    assert nothing_fits([Limit(*each) for each in limits]) is nothing
