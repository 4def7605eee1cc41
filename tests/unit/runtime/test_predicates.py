"""Predicates compare what the values are, and say so when Python cannot compare them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from portable_pipeline.codegen.predicates import predicate_form, type_form
from portable_pipeline.ir import (
    AllOf,
    AnyOf,
    Compare,
    Constant,
    DictOf,
    ListOf,
    Not,
    Operand,
    OptionalOf,
    Record,
    RecordField,
    Scalar,
)
from portable_pipeline.runtime import holds, typed
from portable_pipeline.runtime.errors import InvalidValue


def value(of: object, type: object = None) -> dict[str, Any]:
    return {"value": of} if type is None else {"value": of, "type": type}


@pytest.mark.parametrize(
    ("left", "comparison", "right", "expected"),
    [
        (value(1), "==", value(1.0), True),
        (value("a"), "!=", value("b"), True),
        (value(2), "<", value(10), True),
        (value("2"), "<", value("10"), False),
        (value(2), "<=", value(2), True),
        (value(0.9), ">", value(0.91), False),
        (value([1, 2]), ">=", value([1, 1]), True),
        (value("b"), "in", value(["a", "b"]), True),
        (value("key"), "in", value({"key": None}), True),
        (value("ell"), "in", value("hello"), True),
        (value(None), "==", value(None), True),
        # The same instant in two zones; as texts they are neither equal nor in this order.
        (value("2026-01-05T01:00:00+01:00", "datetime"), "==", value("2026-01-05T00:00:00Z", "datetime"), True),
        (value("2026-01-05T01:00:00+01:00", "datetime"), "<", value("2026-01-05T00:30:00+00:00", "datetime"), True),
        (value(60, "timedelta"), "==", value(60.0, "timedelta"), True),
        (value("2026-01-05", "date"), "in", value(["2026-01-04", "2026-01-05"], ["list", "date"]), True),
        (value(None, ["optional", "date"]), "==", value(None), True),
        (value({"at": "2026-01-05T01:00:00+01:00"}, {"at": "datetime"}), "==",
         value({"at": "2026-01-05T00:00:00+00:00"}, {"at": "datetime"}), True),
    ],
)  # fmt: skip
def test_comparisons(left: object, comparison: str, right: object, expected: bool) -> None:
    assert holds([left, comparison, right]) is expected


def test_names_stand_for_the_values_that_are_given() -> None:
    predicate = ["all", [{"name": "score"}, ">=", value(0.9)], [{"name": "day", "type": "date"}, "<", {"name": "last",
                 "type": "date"}]]  # fmt: skip
    assert holds(predicate, {"score": 0.95, "day": "2026-01-05", "last": "2026-01-06"})
    assert not holds(predicate, {"score": 0.95, "day": "2026-01-06", "last": "2026-01-06"})


def test_what_is_decided_already_is_not_looked_at() -> None:
    wrong = [value(None), "<", value(3)]
    yes, no = [value(1), "==", value(1)], [value(1), "==", value(2)]
    assert holds(["any", yes, wrong]) is True
    assert holds(["all", no, wrong]) is False
    assert holds(["not", ["all", no, wrong]]) is True
    with pytest.raises(InvalidValue):
        holds(["any", no, wrong])


@pytest.mark.parametrize(
    ("left", "comparison", "right", "message"),
    [
        (value(None), "<", value(3), "cannot tell whether None < 3: "),
        (value(3), "in", value(5), "cannot tell whether 3 in 5: "),
        (value("2026-01-05", "date"), "<", value("soon", "date"), "a constant is declared date, got str: 'soon'"),
        (value("2026-01-05", "date"), "<", value(5), r"cannot tell whether datetime.date\(2026, 1, 5\) < 5: "),
    ],
)
def test_what_cannot_be_compared_is_told(left: object, comparison: str, right: object, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        holds([left, comparison, right])


def test_types_inside_of_types() -> None:
    assert typed({"a": ["2026-01-05"]}, ["dict", ["list", "date"]]) == {"a": [date(2026, 1, 5)]}
    assert typed({"day": "2026-01-05", "n": 1}, {"day": "date"}) == {"day": date(2026, 1, 5), "n": 1}
    assert typed(1.5, "timedelta") == timedelta(seconds=1.5)
    assert typed("2026-01-05T00:00:00Z", ["optional", "datetime"]) == datetime(2026, 1, 5, tzinfo=timezone.utc)


def test_types_of_the_ir_are_named_only_where_they_matter() -> None:
    day = Scalar(name="date")
    fields = (RecordField(name="day", type=day), RecordField(name="n", type=Scalar(name="int")))
    assert type_form(Record(form="dataclass", module="m", name="R", fields=fields)) == {"day": "date"}
    assert type_form(ListOf(item=OptionalOf(item=day))) == ["list", ["optional", "date"]]
    assert type_form(DictOf(value=Scalar(name="float"))) is None


def test_predicates_of_the_ir() -> None:
    def side(of: Any, type: str = "any") -> Operand:
        return Operand(value=Constant(value=of), type=Scalar(name=type))  # type: ignore[arg-type]

    early = Compare(left=side("2026-01-05", "date"), operator="<", right=side("2026-01-10", "date"))
    big = Compare(left=side(1), operator=">", right=side(2))
    form = predicate_form(
        AllOf(items=(early, Not(item=AnyOf(items=(big,))))),
        lambda operand: {"value": operand.value} if isinstance(operand, Constant) else {},
    )
    assert form == [
        "all",
        [{"value": "2026-01-05", "type": "date"}, "<", {"value": "2026-01-10", "type": "date"}],
        ["not", ["any", [{"value": 1}, ">", {"value": 2}]]],
    ]
    assert holds(form)
