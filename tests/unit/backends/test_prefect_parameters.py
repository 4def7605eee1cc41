"""The flow's annotations and defaults, checked by what pydantic makes of them, as Prefect does."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, StrictBool, StrictFloat, StrictInt, TypeAdapter, ValidationError
from typing_extensions import NotRequired, TypedDict

from portable_pipeline.ir import Choice, Constraints, DictOf, ListOf, OptionalOf, Parameter, Record, RecordField, Scalar
from portable_pipeline.ir.types import ANY, BOOL, DATE, DATETIME, FLOAT, INT, STR, TIMEDELTA
from ppc_prefect.parameters import annotation, default, parameter_annotation, record_types

NAMES = {
    "Annotated": Annotated,
    "Any": Any,
    "Literal": Literal,
    "Field": Field,
    "StrictBool": StrictBool,
    "StrictFloat": StrictFloat,
    "StrictInt": StrictInt,
    "date": date,
    "datetime": datetime,
    "timedelta": timedelta,
}
SPAN = Record(
    form="dataclass",
    module="steps",
    name="Span",
    fields=(RecordField(name="first", type=DATE), RecordField(name="days", type=INT, required=False)),
)
TOKYO = timezone(timedelta(hours=9))


def accepted(source: str, value: object) -> object:
    return TypeAdapter(eval(source, NAMES)).validate_python(value)


@pytest.mark.parametrize(
    ("type", "given", "arrives"),
    [
        (INT, 5, 5),
        (FLOAT, 2, 2.0),
        (STR, "5", "5"),
        (BOOL, True, True),
        (DATE, "2026-01-05", date(2026, 1, 5)),
        (DATETIME, "2026-01-05T09:00:00+09:00", datetime(2026, 1, 5, 9, tzinfo=TOKYO)),
        (TIMEDELTA, 0.5, timedelta(milliseconds=500)),
        (ListOf(item=INT), [1, 2], [1, 2]),
        (DictOf(value=FLOAT), {"a": 1}, {"a": 1.0}),
        (OptionalOf(item=INT), None, None),
        (Choice(values=("a", 1)), 1, 1),
        (ANY, {"a": [1, None]}, {"a": [1, None]}),
    ],
)
def test_what_fits_arrives_typed(type, given, arrives):
    found = accepted(annotation(type, {}, strict=True), given)
    assert (found, found.__class__) == (arrives, arrives.__class__)


@pytest.mark.parametrize(
    ("type", "given"),
    [
        (INT, "5"),
        (INT, True),
        (INT, 5.0),
        (FLOAT, "0.5"),
        (FLOAT, True),
        (BOOL, 1),
        (BOOL, "yes"),
        (STR, 5),
        (DATE, "2026-02-30"),
        (ListOf(item=STR), ["a", 2]),
        (ListOf(item=INT), "12"),
        (Choice(values=("a", "b")), "c"),
        (Scalar(name="none"), 0),
    ],
)
def test_what_does_not_fit_is_refused(type, given):
    with pytest.raises(ValidationError):
        accepted(annotation(type, {}, strict=True), given)


def test_constraints_are_enforced_and_described():
    share = Parameter(
        name="share", type=FLOAT, required=True, constraints=Constraints(ge=0, lt=1), description="of the 'rows'"
    )
    source = parameter_annotation(share, {})
    assert accepted(source, 0) == 0.0
    with pytest.raises(ValidationError):
        accepted(source, 1)
    assert TypeAdapter(eval(source, NAMES)).json_schema()["description"] == "of the 'rows'"


@pytest.mark.parametrize(
    ("type", "json", "typed"),
    [
        (DATE, "2026-01-05", date(2026, 1, 5)),
        (DATETIME, "2026-01-05T09:00:00+09:00", datetime(2026, 1, 5, 9, tzinfo=TOKYO)),
        (TIMEDELTA, 90.5, timedelta(seconds=90.5)),
        (STR, "2026-01-05", "2026-01-05"),
        (ListOf(item=OptionalOf(item=DATE)), ["2026-01-05", None], [date(2026, 1, 5), None]),
        (DictOf(value=TIMEDELTA), {"'": 60}, {"'": timedelta(minutes=1)}),
        (SPAN, {"first": "2026-01-05"}, {"first": date(2026, 1, 5)}),
        (OptionalOf(item=INT), None, None),
    ],
)
def test_defaults_are_typed(type, json, typed):
    assert eval(default(json, type), NAMES) == typed


def test_records_are_typed_dicts():
    class Span(TypedDict):
        first: date
        days: NotRequired[StrictInt]

    outer = Record(form="namedtuple", module="steps", name="Outer", fields=(RecordField(name="span", type=SPAN),))
    assert list(record_types(ListOf(item=OptionalOf(item=outer)))) == [SPAN, outer]
    source = annotation(ListOf(item=SPAN), {SPAN: "Span"}, strict=True)
    assert TypeAdapter(eval(source, {**NAMES, "Span": Span})).validate_python([{"first": "2026-01-05"}]) == [
        {"first": date(2026, 1, 5)}
    ]
