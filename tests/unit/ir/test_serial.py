"""The IR as JSON: exact, closed, and with a hash that only meaning changes."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from pydantic import ValidationError

from portable_pipeline.diagnostics import Span
from portable_pipeline.ir import (
    Constant,
    Cron,
    ExtractedModule,
    Parameter,
    Pipeline,
    PythonBody,
    Retry,
    Stage,
    Statement,
    Text,
    Uri,
    ValueInput,
    digest,
    from_json,
    json_schema,
    to_json,
)
from portable_pipeline.ir.types import ANY, DATE, Choice, DictOf, ListOf, OptionalOf, Record, RecordField
from portable_pipeline.ir.values import ParameterRef, RunDate

PIPELINE = Pipeline(
    name="all",
    source="all.py",
    schedule=Cron(expression="0 2 * * *", timezone="Europe/Berlin", span=Span("all.py", 3, 1, 3, 9)),
    timeout=timedelta(hours=1.5),
    parameters=(
        Parameter(name="days", type=ListOf(item=DATE), required=False, default=["2026-01-05"]),
        Parameter(name="mode", type=Choice(values=("a", 1, True)), required=True),
    ),
    stages=(
        Stage(
            id="one",
            body=PythonBody(module="all", function="one"),
            inputs=(ValueInput(name="x", type=ANY, value=Constant(value={"é": [1, 2.0, None, True, "{{ }}"]})),),
            result=Record(
                form="namedtuple",
                module="all",
                name="Pair",
                fields=(RecordField(name="a", type=OptionalOf(item=DictOf(value=ANY))),),
            ),
            retry=Retry(retries=2, delay=timedelta(microseconds=1), max_delay=timedelta(days=400)),
            span=Span("all.py", 9),
        ),
    ),
    modules=(
        ExtractedModule(name="all", file="all.py", statements=(Statement(text="x = 1\n", line=4, defines=("x",)),)),
    ),
)


def test_the_round_trip_is_exact():
    back = from_json(to_json(PIPELINE))
    assert back == PIPELINE
    assert to_json(back) == to_json(PIPELINE)
    value = back.stages[0].inputs[0].value
    assert [type(each) for each in value.value["é"]] == [int, float, type(None), bool, str]
    assert [type(each) for each in back.parameters[1].type.values] == [str, int, bool]


def test_places_do_not_count_for_the_hash_and_meaning_does():
    moved = json.loads(to_json(PIPELINE))
    moved["stages"][0]["span"]["line"] = 99
    moved["modules"][0]["statements"][0]["line"] = 50
    assert digest(from_json(json.dumps(moved))) == digest(PIPELINE)
    moved["stages"][0]["retry"]["retries"] = 3
    assert digest(from_json(json.dumps(moved))) != digest(PIPELINE)


def test_a_value_called_line_or_span_counts_for_the_hash():
    def with_constant(value):
        stage = PIPELINE.stages[0]
        given = stage.inputs[0].model_copy(update={"value": Constant(value=value)})
        return PIPELINE.model_copy(update={"stages": (stage.model_copy(update={"inputs": (given,)}),)})

    assert digest(with_constant({"line": 1})) != digest(with_constant({"line": 2}))


@pytest.mark.parametrize(
    "change",
    [
        {"ir_version": 2},
        {"unknown": 1},
        {"stages": [{"id": "x"}]},
        {"timeout": "soon"},
    ],
)
def test_other_json_is_refused(change):
    with pytest.raises(ValidationError):
        from_json(json.dumps(json.loads(to_json(PIPELINE)) | change))


def test_the_schema_names_every_kind_of_node():
    names = json_schema()["$defs"].keys()
    assert {"Stage", "PythonBody", "CommandBody", "Constant", "ArtifactRef", "Record", "ExtractedModule"} <= names


def test_an_address_is_shown_as_it_was_written():
    uri = Uri(parts=(ParameterRef(name="root"), Text(text="/a{b}/"), RunDate(), Text(text="/x.csv")))
    assert uri.template == "{root}/a{{b}}/{run_date}/x.csv"
