"""Pipeline parameters as Airflow's params: the schema says what the type says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from portable_pipeline.ir import Choice, Constraints, DictOf, ListOf, OptionalOf, Record, RecordField, Scalar
from portable_pipeline.ir.types import ANY, BOOL, DATE, DATETIME, FLOAT, INT, STR, TIMEDELTA
from ppc_airflow.parameters import param, schema
from tests.unit.backends.prefect_pipelines import parameter

SPAN = Record(
    form="dataclass",
    module="steps",
    name="Span",
    fields=(RecordField(name="first", type=DATE), RecordField(name="days", type=INT, required=False)),
)


def built(source: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What `Param` would be called with."""
    return eval(source, {"Param": lambda *default, **settings: (default, settings)})


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (INT, {"type": "integer"}),
        (FLOAT, {"type": "number"}),
        (STR, {"type": "string"}),
        (BOOL, {"type": "boolean"}),
        (Scalar(name="none"), {"type": "null"}),
        (DATE, {"type": "string", "format": "date"}),
        (TIMEDELTA, {"type": "number"}),
        (ANY, {}),
        (ListOf(item=INT), {"type": "array", "items": {"type": "integer"}}),
        (DictOf(value=FLOAT), {"type": "object", "additionalProperties": {"type": "number"}}),
        (Choice(values=("a", 1, True)), {"enum": ["a", 1, True]}),
        (OptionalOf(item=FLOAT), {"type": ["null", "number"]}),
        (OptionalOf(item=Choice(values=("a",))), {"enum": [None, "a"]}),
        (OptionalOf(item=ANY), {}),
        (
            SPAN,
            {
                "type": "object",
                "properties": {"first": {"type": "string", "format": "date"}, "days": {"type": "integer"}},
                "required": ["first"],
                "additionalProperties": False,
            },
        ),
    ],
)
def test_types(declared, expected):
    assert schema(declared) == expected


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("2026-01-05T10:00:00", True),
        ("2026-01-05T10:00:00.123456+02:00", True),
        ("2026-01-05 10:00", True),
        ("2026-01-05T10:00:00Z", True),
        ("2026-01-05", True),
        ("tomorrow", False),
        ("2026-01-05T10", False),
        ("2026-01-05T10:00:00 Europe/Berlin", False),
    ],
)
def test_a_datetime_with_or_without_offset(text, accepted):
    assert bool(re.search(schema(DATETIME)["pattern"], text)) is accepted


def test_a_default_and_a_description_come_along():
    given = parameter("text", STR, default="{{ 2+2 }}'\n", description='say "it"')
    assert built(param(given)) == (("{{ 2+2 }}'\n",), {"type": "string", "description": 'say "it"'})


def test_a_default_of_none_is_a_default():
    assert built(param(parameter("n", OptionalOf(item=INT), default=None))) == ((None,), {"type": ["null", "integer"]})


def test_a_required_parameter_has_no_default():
    assert built(param(parameter("n", INT))) == ((), {"type": "integer"})


@pytest.mark.parametrize(
    ("declared", "constraints", "expected"),
    [
        (INT, Constraints(ge=1, lt=9, multiple_of=2), {"minimum": 1, "exclusiveMaximum": 9, "multipleOf": 2}),
        (FLOAT, Constraints(gt=0.5, le=1), {"exclusiveMinimum": 0.5, "maximum": 1}),
        (STR, Constraints(min_length=1, max_length=3, pattern="^a"), {"minLength": 1, "maxLength": 3, "pattern": "^a"}),
        (ListOf(item=INT), Constraints(min_length=1, max_length=3), {"minItems": 1, "maxItems": 3}),
        (OptionalOf(item=INT), Constraints(ge=1), {"minimum": 1}),
        (OptionalOf(item=ListOf(item=INT)), Constraints(min_length=2), {"minItems": 2}),
    ],
)
def test_bounds_are_those_of_json_schema(declared, constraints, expected):
    _, settings = built(param(parameter("p", declared, constraints=constraints)))
    assert settings == {**schema(declared), **expected}
