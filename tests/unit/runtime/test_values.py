"""V1, V3, V4: what goes in comes out with the declared type, or an error says what was declared."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from enum import IntEnum
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, TypedDict
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portable_pipeline.runtime import values
from portable_pipeline.runtime.errors import InvalidValue


@dataclass(frozen=True)
class Inner:
    day: date
    scores: list[float]


@dataclass
class Outer:
    kind: ClassVar[str] = "outer"
    inner: Inner
    note: str | None = None
    parts: dict[str, Inner] = field(default_factory=dict)
    total: int = field(init=False, default=0)


class Split(NamedTuple):
    train: int
    test: float = 0.5


class Options(TypedDict, total=False):
    depth: int
    until: datetime


class Level(IntEnum):
    HIGH = 3


CASES: list[tuple[Any, Any]] = [
    (5, int),
    (-(10**30), int),
    (True, bool),
    (None, None),
    (None, type(None)),
    (2.5, float),
    ("", str),
    ("{{ x }} ${y} '\"\n\t\\ \x00 äöü 🐍", str),
    (date(2026, 1, 5), date),
    (datetime(2026, 1, 5, 2, 30, 0, 1, tzinfo=timezone.utc), datetime),
    (datetime(2026, 7, 5, tzinfo=ZoneInfo("Europe/Berlin")), datetime),
    (datetime(2026, 1, 5, 2, 30), datetime),
    (timedelta(minutes=90), timedelta),
    (timedelta(microseconds=-1), timedelta),
    ([1, 2], list[int]),
    ([[date(2026, 1, 5)], []], list[list[date]]),
    ({"a": timedelta(1)}, dict[str, timedelta]),
    ([1, "a", None, {"b": [True]}], list),
    ({"a": 1.5}, dict),
    (3, int | None),
    (date(2026, 1, 5), date | None),
    ("b", Literal["a", "b"]),
    (4, Annotated[int, "at most 5"]),
    (Split(3, 0.25), Split),
    (Inner(date(2026, 1, 5), [1.0]), Inner),
    (Outer(Inner(date(2026, 1, 5), []), "n", {"x": Inner(date(1, 1, 1), [2.0])}), Outer),
    ({"depth": 3, "until": datetime(2026, 1, 5, tzinfo=timezone.utc)}, Options),
    ({"depth": 3}, Options),
    ([Split(1)], list[Split]),
    ({"anything": [1, 2.5, None]}, Any),
]


@pytest.mark.parametrize(("value", "declared"), CASES, ids=str)
def test_round_trip_through_json_text(value: Any, declared: Any) -> None:
    encoded = values.encode(value, declared, "result")
    arrived = values.decode(json.loads(json.dumps(encoded, allow_nan=False)), declared, "parameter `x`")
    assert arrived == value
    assert type(arrived) is type(value)


REFUSED: list[tuple[Any, Any, str]] = [
    (True, int, "result is declared int, got bool: True"),
    (1, bool, "result is declared bool, got int: 1"),
    (1.0, int, "result is declared int, got float: 1.0"),
    ("5", int, "result is declared int, got str: '5'"),
    (None, int, "result is declared int, got NoneType: None"),
    (5, None, "result is declared None, got int: 5"),
    (5, str, "result is declared str, got int: 5"),
    (b"x", str, "result is declared str, got bytes: b'x'"),
    (math.nan, float, "result is declared float, got float: nan (JSON has neither NaN nor infinity)"),
    (math.inf, float, "result is declared float, got float: inf (JSON has neither NaN nor infinity)"),
    ([math.nan], Any, "result[0] is declared float, got float: nan (JSON has neither NaN nor infinity)"),
    (True, float, "result is declared float, got bool: True"),
    (datetime(2026, 1, 5), date, "result is declared date, got datetime: datetime.datetime(2026, 1, 5, 0, 0)"),
    (date(2026, 1, 5), datetime, "result is declared datetime, got date: datetime.date(2026, 1, 5)"),
    ([1, "2"], list[int], "result[1] is declared int, got str: '2'"),
    ((1, 2), list[int], "result is declared list[int], got tuple: (1, 2)"),
    ({1: 2}, dict[str, int], "a key of result is declared str, got int: 1"),
    ({1: 2}, dict, "a key of result is declared str, got int: 1"),
    ({"a": None}, dict[str, int], "result['a'] is declared int, got NoneType: None"),
    ({}, dict[int, int], "result is declared dict[int, int], but the keys of a JSON object are str"),
    ("c", Literal["a", "b"], "result is declared Literal['a', 'b'], got str: 'c'"),
    (True, Literal[1], "result is declared Literal[1], got bool: True"),
    ("x", int | None, "result is declared int, got str: 'x'"),
    (1, int | str, "result is declared int | str: only `T | None` is told apart on arrival"),
    ({"day": 1}, Inner, "result is declared Inner, got dict: {'day': 1}"),
    (Inner("5", []), Inner, "result.day is declared date, got str: '5'"),
    (Split(1, "x"), Split, "result.test is declared float, got str: 'x'"),
    ({"depht": 3}, Options, "result is declared Options, got dict: {'depht': 3} (it has no field 'depht')"),
    (object, Any, "result is of type type, which cannot travel between stages as JSON"),
    ({1}, set[int], "result is declared set[int], which cannot travel between stages as JSON"),
    ("x" * 200, int, f"result is declared int, got str: '{'x' * 76}..."),
]


@pytest.mark.parametrize(("value", "declared", "message"), REFUSED)
def test_refused_with_the_declared_type(value: Any, declared: Any, message: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        values.encode(value, declared, "result")
    assert str(refused.value) == message


UNREADABLE: list[tuple[Any, Any, str]] = [
    ("2026-13-05", date, "parameter `x` is declared date, got str: '2026-13-05' (month must be in 1..12)"),
    (20260105, date, "parameter `x` is declared date, got int: 20260105"),
    ("90s", timedelta, "parameter `x` is declared timedelta, got str: '90s'"),
    ({}, Split, "parameter `x` is declared Split, got dict: {} (field 'train' is missing)"),
    ({"day": "2026-01-05"}, Inner, "parameter `x` is declared Inner, got dict: {'day': '2026-01-05'} "),
    ({"train": 1, "more": 2}, Split, "(it has no field 'more')"),
    ([1], Split, "parameter `x` is declared Split, got list: [1]"),
]


@pytest.mark.parametrize(("encoded", "declared", "message"), UNREADABLE)
def test_refused_on_arrival(encoded: Any, declared: Any, message: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        values.decode(encoded, declared, "parameter `x`")
    assert message in str(refused.value)


def test_int_arrives_as_float_where_float_is_declared() -> None:
    arrived = values.decode(values.encode(3, float, "result"), float, "x")
    assert (arrived, type(arrived)) == (3.0, float)


def test_too_large_for_a_float() -> None:
    with pytest.raises(InvalidValue, match="int too large to convert to float"):
        values.encode(10**400, float, "result")


def test_subclasses_travel_as_what_is_declared() -> None:
    class Text(str):
        def __str__(self) -> str:
            return "shown otherwise"

    for value, declared in ((Level.HIGH, int), (Text("x"), str), ([Level.HIGH], Any)):
        encoded = values.encode(value, declared, "result")
        assert encoded == value
        assert type(encoded) in (int, str, list)
    assert type(values.encode([Level.HIGH], Any, "result")[0]) is int


def test_defaults_fill_what_a_record_leaves_out() -> None:
    assert values.decode({"train": 7}, Split, "x") == Split(7, 0.5)
    assert values.decode({"inner": {"day": "2026-01-05", "scores": []}}, Outer, "x") == Outer(
        Inner(date(2026, 1, 5), [])
    )


def test_undeclared_values_travel_by_the_type_that_they_have() -> None:
    given = {
        "day": date(2026, 1, 5),
        "wait": timedelta(seconds=1.5),
        "split": Split(1),
        "inner": Inner(date(1, 1, 1), []),
    }
    assert values.encode(given, Any, "inputs") == {
        "day": "2026-01-05",
        "wait": 1.5,
        "split": {"train": 1, "test": 0.5},
        "inner": {"day": "0001-01-01", "scores": []},
    }


def test_zulu_time_is_read() -> None:
    assert values.decode("2026-01-05T02:30:00Z", datetime, "x") == datetime(2026, 1, 5, 2, 30, tzinfo=timezone.utc)


def test_size_counts_utf8_bytes_of_compact_json() -> None:
    limit = values.MAX_JSON_BYTES
    values.check_size("x" * (limit - 2), "result")
    values.check_size("ä" * ((limit - 2) // 2), "result")
    for large in ("x" * (limit - 1), "ä" * (limit // 2), [0] * (limit // 2)):
        with pytest.raises(
            InvalidValue, match=r"result takes \d+ bytes of JSON, at most 49152 travel; write an artifact"
        ):
            values.check_size(large, "result")


@given(st.timedeltas(min_value=timedelta(days=-98_000), max_value=timedelta(days=98_000)))
def test_durations_are_exact_to_the_microsecond(duration: timedelta) -> None:
    assert values.decode(json.loads(json.dumps(values.encode(duration, timedelta, "x"))), timedelta, "x") == duration


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    )
)
def test_any_json_value_is_itself(value: Any) -> None:
    arrived = values.decode(json.loads(json.dumps(values.encode(value, Any, "x"))), Any, "x")
    assert repr(arrived) == repr(value)
