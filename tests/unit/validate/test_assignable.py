"""Which type may stand for which, and that JSON values agree with it."""

import datetime as dt
from typing import Any, Literal, NamedTuple

import pytest
from hypothesis import given, settings

from portable_pipeline.ir import Choice, DictOf, ListOf, OptionalOf, Record, RecordField, Scalar, Type
from portable_pipeline.ir.types import ANY, BOOL, DATE, DATETIME, FLOAT, INT, NONE, STR, TIMEDELTA
from portable_pipeline.runtime import values
from portable_pipeline.runtime.errors import InvalidValue
from portable_pipeline.validate.assignable import assignable
from portable_pipeline.validate.json_values import mismatch
from portable_pipeline.validate.type_names import type_name
from tests.unit.validate.wild import JSON, TYPES


def record(*fields: tuple[str, Type] | tuple[str, Type, bool]) -> Record:
    made = tuple(RecordField(name=each[0], type=each[1], required=len(each) < 3) for each in fields)
    return Record(form="namedtuple", module="m", name="R", fields=made)


YES = [
    (INT, INT),
    (INT, FLOAT),
    (INT, OptionalOf(item=FLOAT)),
    (NONE, OptionalOf(item=INT)),
    (OptionalOf(item=INT), OptionalOf(item=FLOAT)),
    (ListOf(item=INT), ListOf(item=FLOAT)),
    (DictOf(value=INT), DictOf(value=OptionalOf(item=INT))),
    (Choice(values=("a",)), Choice(values=("a", "b"))),
    (Choice(values=("a", "b")), STR),
    (Choice(values=(1, 2)), FLOAT),
    (record(("a", INT)), record(("a", FLOAT))),
    (record(("a", INT)), record(("a", INT), ("b", INT, False))),
    (record(("a", INT), ("b", STR)), DictOf(value=ANY)),
    (ListOf(item=DATE), ANY),
    (ANY, ListOf(item=DATE)),
]
NO = [
    (FLOAT, INT),
    (BOOL, INT),
    (INT, BOOL),
    (DATETIME, DATE),
    (DATE, STR),
    (TIMEDELTA, FLOAT),
    (OptionalOf(item=INT), INT),
    (INT, ListOf(item=INT)),
    (ListOf(item=FLOAT), ListOf(item=INT)),
    (ListOf(item=INT), DictOf(value=INT)),
    (STR, Choice(values=("a",))),
    (Choice(values=("a", "b")), Choice(values=("a",))),
    (Choice(values=(True,)), Choice(values=(1,))),
    (Choice(values=("a", 1)), STR),
    (record(("a", INT)), record(("b", INT))),
    (record(("a", INT), ("b", INT)), record(("a", INT))),
    (record(("a", INT, False)), record(("a", INT))),
    (record(("a", STR)), DictOf(value=INT)),
    (DictOf(value=INT), record(("a", INT))),
]


@pytest.mark.parametrize(("given_type", "declared"), YES, ids=lambda each: type_name(each))
def test_may_stand_for(given_type: Type, declared: Type) -> None:
    assert assignable(given_type, declared)


@pytest.mark.parametrize(("given_type", "declared"), NO, ids=lambda each: type_name(each))
def test_may_not_stand_for(given_type: Type, declared: Type) -> None:
    assert not assignable(given_type, declared)


def has_any(declared: Type) -> bool:
    return '"any"' in declared.model_dump_json()


@settings(max_examples=300)
@given(TYPES, TYPES, JSON)
def test_what_may_stand_for_a_type_has_only_its_values(given_type: Type, declared: Type, value: Any) -> None:
    if not has_any(given_type) and assignable(given_type, declared) and mismatch(value, given_type) is None:
        assert mismatch(value, declared) is None


class Point(NamedTuple):
    x: int
    label: str = ""


POINT = Record(
    form="namedtuple",
    module="m",
    name="Point",
    fields=(RecordField(name="x", type=INT), RecordField(name="label", type=STR, required=False)),
)
#: Types of the IR, and as a stage's function declares them.
PAIRS = [
    (NONE, type(None)),
    (BOOL, bool),
    (INT, int),
    (FLOAT, float),
    (STR, str),
    (DATE, dt.date),
    (DATETIME, dt.datetime),
    (TIMEDELTA, dt.timedelta),
    (ListOf(item=INT), list[int]),
    (DictOf(value=FLOAT), dict[str, float]),
    (OptionalOf(item=STR), str | None),
    (Choice(values=("a", 1, True)), Literal["a", 1, True]),
    (POINT, Point),
]
SAMPLES = [
    *(None, True, False, 0, 1, -3, 2**70, 0.5, 1.0, 1e300, "", "a", "text", [], [1], [1, "a"], [True], {}, {"x": 1}),
    *({"x": 1, "label": "a"}, {"x": "1"}, {"label": "a"}, {"x": 1, "z": 2}, {"a": 0.5}, {"a": 1}),
    *("2026-01-05", "2026-02-30", "2026-01-05T02:00:00", "2026-01-05T02:00:00Z", "2026-01-05T02:00:00+01:00"),
]


@pytest.mark.parametrize(("declared", "python"), PAIRS, ids=lambda each: getattr(each, "__name__", None))
@pytest.mark.parametrize("value", SAMPLES, ids=repr)
def test_constants_are_judged_as_at_run_time(declared: Type, python: Any, value: Any) -> None:
    try:
        values.decode(value, python, "it")
        accepted = True
    except InvalidValue:
        accepted = False
    assert (mismatch(value, declared) is None) is accepted


def test_mismatch_says_where() -> None:
    nested = DictOf(value=ListOf(item=POINT))
    assert mismatch({"a": [{"x": 1}, {"x": "2"}]}, nested) == ("`['a'][1].x` in ", "is '2', not int")
    assert mismatch("3", Scalar(name="int")) == ("", "is '3', not int")
