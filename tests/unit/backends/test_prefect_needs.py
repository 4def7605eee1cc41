"""What the function of a task takes, where the flow gets it from, and when the task skips itself."""

from __future__ import annotations

from typing import Any

import pytest

from portable_pipeline.ir import Constant, ItemKey, Output, ParameterRef, Pipeline, RunDate, RunTime, Text, Uri
from portable_pipeline.ir.types import DATETIME, INT, ListOf
from ppc_prefect.needs import (
    gate,
    gate_name,
    loop_name,
    moments,
    needs_of_block,
    needs_of_stage,
    only_waited_for,
    skip_of_block,
    skip_of_stage,
)
from ppc_prefect.scope import Scope, scope_of
from tests.unit.backends.prefect_blocks import collected, compare, first_of, item, loop, otherwise, result, when
from tests.unit.backends.prefect_pipelines import parameter, pipeline, stage, takes

WHEN = when("when")
INNER = when("when_2", compare(result("small"), ">", ParameterRef(name="least")), parent="otherwise")
BRANCHED = pipeline(
    stage("score", result=INT),
    stage("big", block="when", result=INT),
    stage("small", block="otherwise", result=INT),
    stage("tiny", block="when_2", result=INT),
    stage("large", takes("x", result("big")), after=("score",), result=INT),
    stage("both", takes("x", result("big")), takes("y", result("score")), after=("tiny", "score")),
    stage("joined", takes("x", first_of("big", "small"))),
    stage("safe", takes("x", first_of("big", "score"))),
    blocks=(WHEN, otherwise("otherwise", WHEN), INNER),
    parameters=(parameter("least", INT), parameter("unused")),
)
SAVED = pipeline(
    stage("data", result=INT),
    stage("warm_up"),
    stage("train", takes("x", result("data")), after=("warm_up",), fallback="previous", result=INT),
    stage("previous", after=("data",), stands_in_for="train", result=INT),
    stage("use", takes("x", result("train")), after=("train",)),
)
LOOPED = pipeline(
    stage("score", result=INT),
    stage("base", result=INT),
    stage(
        "cell",
        takes("x", item("inner")),
        takes("at", RunTime(), DATETIME),
        takes("base", result("base")),
        outputs=(
            Output(name="f", artifact="Dataset", uri=Uri(parts=(RunDate(), Text(text="/"), ItemKey(loop="inner")))),
        ),
        block="inner",
        result=INT,
    ),
    stage("kept", takes("x", result("cell")), block="when_2", result=INT),
    stage("row", takes("xs", collected(result("cell"), "inner"), ListOf(item=INT)), block="outer", result=INT),
    stage("total", takes("xs", collected(result("row"), "outer"), ListOf(item=INT)), after=("kept",)),
    blocks=(
        WHEN,
        loop("outer", ParameterRef(name="names"), parent="when"),
        loop("inner", item("outer"), parent="outer"),
        when("when_2", compare(item("inner"), "==", result("cell")), parent="inner"),
    ),
    parameters=(parameter("names", ListOf(item=INT)),),
)


def scope(of: Pipeline) -> Scope:
    return scope_of(of)


def taken(of: Pipeline, id: str) -> dict[str, str]:
    """The parameters of a stage's task, with what the flow gives for each."""
    known = scope(of)
    return {argument.name: given for argument, given in needs_of_stage(known.control.stages[id], known)}


def skips(of: Pipeline, id: str, **known: Any) -> bool:
    """Whether a stage's task skips itself, given that; it must have said what it takes."""
    names = scope(of)
    written = skip_of_stage(names.control.stages[id], names)
    assert set(known) <= set(taken(of, id))
    return False if written is None else bool(eval(written, known))


def waited(of: Pipeline, id: str) -> list[str]:
    known = scope(of)
    return [*only_waited_for(known.control.stages[id], known)]


def test_a_stage_takes_what_it_uses_and_what_decides_about_it() -> None:
    assert taken(BRANCHED, "big") == {"when": "when_run"}
    assert taken(BRANCHED, "small") == {"when": "when_run"}
    assert taken(BRANCHED, "large") == {"big": "big_run"}
    assert taken(BRANCHED, "both") == {"big": "big_run", "score": "score_run", "tiny": "tiny_run"}


def test_what_can_be_skipped_is_an_argument_even_where_only_the_order_counts() -> None:
    assert (waited(BRANCHED, "large"), waited(BRANCHED, "both")) == (["score_run"], [])


DONE = {"result": 1}


@pytest.mark.parametrize(
    ("stage", "known", "expected"),
    [
        ("score", {}, False),
        ("big", {"when": True}, False),
        ("big", {"when": False}, True),
        ("small", {"when": True}, True),
        ("small", {"when": False}, False),
        ("tiny", {"when_2": True}, False),
        ("tiny", {"when_2": None}, True),
        ("large", {"big": DONE}, False),
        ("large", {"big": None}, True),
        ("both", {"big": DONE, "tiny": DONE}, False),
        ("both", {"big": DONE, "tiny": None}, True),
        ("joined", {"big": None, "small": DONE}, False),
        ("joined", {"big": DONE, "small": None}, False),
        ("joined", {"big": None, "small": None}, True),
        ("safe", {"big": None, "score": DONE}, False),
    ],
)
def test_when_a_stage_skips_itself(stage: str, known: dict[str, Any], expected: bool) -> None:
    assert skips(BRANCHED, stage, **known) is expected


def test_a_gate_in_a_branch_that_does_not_run_skips_itself() -> None:
    names = scope(BRANCHED)
    inner = gate(INNER, names)
    assert {each.name: each.annotation for each in inner.arguments} == {
        "least": "int", "small": "dict[str, Any] | None", "when": "bool",
    }  # fmt: skip
    assert inner.skip_if is not None
    assert [bool(eval(inner.skip_if, {"when": each, "small": None if each else DONE})) for each in (True, False)] == [
        True,
        False,
    ]
    assert eval(inner.expression, {"small": {"result": 4}, "least": 3}) is True


@pytest.mark.parametrize(("answer", "expected"), [(True, True), (False, False), (None, True)])
def test_otherwise_of_a_gate_that_was_skipped_is_skipped_too(answer: bool | None, expected: bool) -> None:
    nested = when("when_2", parent="when")
    case = pipeline(
        stage("score", result=INT),
        stage("other", block="otherwise"),
        blocks=(WHEN, nested, otherwise("otherwise", nested)),
    )
    assert skips(case, "other", when_2=answer) is expected


def test_a_stand_in_takes_how_its_primary_ended_and_waits_for_all_that_it_needs() -> None:
    assert taken(SAVED, "previous") == {"train": "allow_failure(train_run)"}
    assert waited(SAVED, "previous") == ["data_run", "warm_up_run"]
    assert skips(SAVED, "previous", train=ValueError("no")) is False
    assert skips(SAVED, "previous", train=DONE) is True
    assert skips(SAVED, "previous", train=None) is True


def test_consumers_take_what_the_primary_or_its_stand_in_gave() -> None:
    assert taken(SAVED, "use") == {"train": "train_or_else_run"}
    assert (skips(SAVED, "use", train=DONE), waited(SAVED, "use")) == (False, [])


def test_a_stage_of_a_loop_takes_its_place_and_its_item() -> None:
    assert taken(LOOPED, "cell") == {
        "instance": "instance",
        "run_date": "run_date",
        "run_time": "run_time",
        "x_": "inner_item['x']",
        "inner_key": "inner_key",
        "base": "base_run",
    }
    assert taken(LOOPED, "row") == {"instance": "instance", "all_cell": "all_cell_run"}


def test_only_what_skips_a_loop_as_a_whole_skips_what_collects_from_it() -> None:
    rows, kept = (scope(LOOPED).collected[each, "outer"] for each in ("row", "kept"))
    assert skips(LOOPED, "total", **{rows: None, kept: None}) is True
    assert skips(LOOPED, "total", **{rows: [], kept: []}) is False
    assert skips(LOOPED, "row", all_cell=[]) is False
    assert skips(LOOPED, "kept", when_2=False) is True


def test_a_loop_takes_what_decides_about_it_and_a_gate_in_it_its_item() -> None:
    names = scope(LOOPED)
    blocks = names.control.blocks
    outer = {argument.name: given for argument, given in needs_of_block(blocks["outer"], names)}  # type: ignore[arg-type]
    assert outer == {"when": "when_run"}
    assert skip_of_block(blocks["outer"], names) == "not when"  # type: ignore[arg-type]
    assert skip_of_block(blocks["inner"], names) is None  # type: ignore[arg-type]
    inner = {argument.name: given for argument, given in needs_of_block(blocks["when_2"], names)}  # type: ignore[arg-type]
    assert inner == {"x_": "inner_item['x']", "cell": "cell_run"}


def test_gates_and_loops_are_named_by_what_they_are_about() -> None:
    assert gate_name(WHEN) == "when: score > 3"
    assert loop_name(loop("for_each", ParameterRef(name="names"))) == "for_each: names"
    assert loop_name(loop("for_each", [1, 2, 3])) == "for_each: 3 items"
    assert loop_name(loop("for_each", [1])) == "for_each: 1 item"


def test_moments_are_those_of_values_and_addresses() -> None:
    assert moments([RunTime(), Constant(value=1)]) == ("run_time",)
    assert moments([Text(text="x"), RunDate()]) == ("run_date",)
    assert moments([]) == ()
