"""What decides about a stage, and in which order a flow submits."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from portable_pipeline.backend import backend
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.ir import (
    Block,
    Branch,
    Collected,
    Compare,
    Constant,
    FirstOf,
    ItemRef,
    Items,
    Loop,
    Operand,
    Pipeline,
    ResultRef,
)
from portable_pipeline.ir.types import DATE, INT, ListOf
from ppc_prefect.control import Control, Guard
from ppc_prefect.lower import lower
from ppc_prefect.plan import Loop as LoopPlan
from tests.unit.backends.prefect_pipelines import pipeline, stage, takes

LARGE = Compare(
    left=Operand(value=ResultRef(stage="score"), type=INT),
    operator=">",
    right=Operand(value=Constant(value=3), type=INT),
)
EARLY = Compare(
    left=Operand(value=ResultRef(stage="score"), type=DATE),
    operator="<",
    right=Operand(value=Constant(value="2026-01-10"), type=DATE),
)


def branch(id: str, **rest: Any) -> Branch:
    return Branch(id=id, predicate=LARGE, **rest)


SCORE = stage("score", result=INT)
BLOCKS: tuple[Block, ...] = (
    branch("when"),
    branch("otherwise", otherwise_of="when"),
    branch("when_2", parent="otherwise"),
)
BRANCHED = pipeline(
    stage("joined", takes("x", FirstOf(options=(ResultRef(stage="big"), ResultRef(stage="small"))))),
    stage("big", block="when", result=INT),
    stage("small", block="otherwise", result=INT),
    stage("tiny", block="when_2"),
    stage("last", after=("tiny",)),
    SCORE,
    blocks=BLOCKS,
)
LOOPED = pipeline(
    stage("total", takes("xs", Collected(loop="for_each", of=ResultRef(stage="twice")), ListOf(item=INT))),
    stage("twice", takes("x", ItemRef(loop="for_each", name="item")), block="for_each", result=INT),
    stage("numbers", result=ListOf(item=INT)),
    blocks=(
        Loop(id="for_each", items=(Items(name="item", value=ResultRef(stage="numbers"), type=INT),), max_parallel=2),
    ),
)


def skips(of: Pipeline) -> dict[str, str | None]:
    return {each.stage: each.skip_if for each in lower(of).tasks}


def test_each_stage_skips_where_its_gate_or_what_it_needs_says_so() -> None:
    assert skips(BRANCHED) == {
        "score": None,
        "big": "not when",
        "small": "when",
        "tiny": "not when_2",
        "last": "tiny is None",
        "joined": "big is None and small is None",
    }


def test_otherwise_has_no_gate_of_its_own() -> None:
    control = Control(BRANCHED)
    assert [each.id for each in control.gates] == ["when", "when_2"]
    assert (control.guard("otherwise"), control.guard("when_2")) == (Guard("when", False), Guard("when_2", True))
    assert {str(each.function): each.skip_if for each in lower(BRANCHED).gates} == {"when": None, "when_2": "when"}


def test_what_decides_is_submitted_before_what_it_decides_about() -> None:
    order = [each.id for each in Control(BRANCHED).order(None)]
    assert (
        order.index("score") < order.index("when") < order.index("when_2") < order.index("tiny") < order.index("last")
    )
    assert [each.id for each in Control(LOOPED).order(None)] == ["numbers", "for_each", "total"]


def test_a_loop_submits_its_stages_for_each_item() -> None:
    (loop,) = (each for each in lower(LOOPED).submissions if isinstance(each, LoopPlan))
    assert (loop.limit, loop.lists) == ("2", "{'item': numbers['result']}")
    assert [each.future for each in loop.body if not isinstance(each, LoopPlan)] == ["twice_run"]
    total = next(each for each in lower(LOOPED).tasks if each.stage == "total")
    assert "[each['result'] for each in all_twice]" in next(
        each.value for each in total.keywords if each.name == "inputs"
    )


@pytest.mark.parametrize("of", [BRANCHED, LOOPED], ids=["branched", "looped"])
def test_what_is_generated_parses_and_is_the_same_each_time(of: Pipeline) -> None:
    first, second = (compile_pipeline(of, backend("prefect")) for _ in range(2))
    assert [each.text for each in first] == [each.text for each in second]
    ast.parse(next(each.text for each in first if each.path.endswith("_flow.py")))
