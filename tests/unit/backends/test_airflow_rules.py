"""Which trigger rule a task gets: Airflow's own where that cannot be mistaken, else one with a look."""

from __future__ import annotations

import pytest

from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.diagnostics import Refused
from portable_pipeline.ir import (
    Branch,
    Collected,
    Compare,
    Constant,
    FirstOf,
    ItemRef,
    Items,
    ListOf,
    Loop,
    Operand,
    Pipeline,
    ResultRef,
    Retry,
    Stage,
)
from portable_pipeline.ir.types import INT
from ppc_airflow import BACKEND
from ppc_airflow.building import nodes
from ppc_airflow.nodes import TurnOf
from ppc_airflow.outlasting import LAST
from ppc_airflow.rules import Rule, rules
from tests.unit.backends.prefect_pipelines import pipeline, stage, takes


def branch(id: str, source: str, **changes: object) -> Branch:
    operands = Operand(value=ResultRef(stage=source), type=INT), Operand(value=Constant(value=1), type=INT)
    predicate = Compare(left=operands[0], operator="<", right=operands[1])
    return Branch(id=id, predicate=predicate, **changes)


def loop(id: str, **changes: object) -> Loop:
    return Loop(id=id, items=(Items(name="item", value=Constant(value=[1, 2]), type=INT),), **changes)


def makes(id: str, *inputs: str, block: str | None = None) -> Stage:
    found = stage(id, *(takes(f"x{i}", ResultRef(stage=each), INT) for i, each in enumerate(inputs)), result=INT)
    return found.model_copy(update={"block": block})


def with_blocks(*stages: Stage, blocks: tuple[object, ...]) -> Pipeline:
    return pipeline(*stages).model_copy(update={"blocks": blocks})


def rule(given: Pipeline, id: str) -> Rule:
    return rules(nodes(given))[id]


WHEN = branch("when", "a")


def test_without_conditions_airflow_decides() -> None:
    given = pipeline(makes("a"), makes("b", "a"), makes("c", "a", "b"))
    assert set(rules(nodes(given)).values()) == {Rule()}


def test_a_block_whose_other_upstream_comes_before_the_predicate() -> None:
    given = with_blocks(
        makes("x"), makes("a", "x"), makes("b", "x", block="when"), makes("c", "b", "x"), blocks=(WHEN,)
    )
    assert rule(given, "b") == rule(given, "c") == Rule()


def test_a_skip_that_could_come_before_a_failure_is_looked_for() -> None:
    given = with_blocks(makes("x"), makes("a"), makes("b", "x", block="when"), makes("c", "b", "x"), blocks=(WHEN,))
    assert rule(given, "b") == Rule("NONE_FAILED", ("when-gate",))
    assert rule(given, "c") == Rule("NONE_FAILED", ("b",))


def test_two_stages_behind_one_gate_are_skipped_together() -> None:
    given = with_blocks(
        makes("a"), makes("b", block="when"), makes("c", block="when"), makes("d", "b", "c"), blocks=(WHEN,)
    )
    assert rule(given, "d") == Rule()
    assert nodes(given).by_id["d"].upstream == ("b", "c")


def test_a_join() -> None:
    joined = stage("j", takes("x", FirstOf(options=(ResultRef(stage="b"), ResultRef(stage="c"))), INT))
    more = stage("k", *joined.inputs, takes("y", ResultRef(stage="b"), INT))
    blocks = (WHEN, branch("otherwise", "a", otherwise_of="when"))
    given = with_blocks(
        makes("a"), makes("b", block="when"), makes("c", block="otherwise"), joined, more, blocks=blocks
    )
    assert rule(given, "j") == Rule("NONE_FAILED_MIN_ONE_SUCCESS")
    assert rule(given, "k") == Rule("NONE_FAILED", ("b",), (("b", "c"),))


def test_in_a_loop_no_rule_goes_by_the_tasks_of_other_items() -> None:
    joined = stage("j", takes("x", FirstOf(options=(ResultRef(stage="b"), ResultRef(stage="c"))), INT))
    blocks = (
        loop("each"),
        branch("when", "a", parent="each"),
        branch("otherwise", "a", parent="each", otherwise_of="when"),
    )
    primary = makes("p", block="each").model_copy(update={"fallback": "s"})
    stand_in = makes("s", block="each").model_copy(update={"stands_in_for": "p"})
    inside = makes("a", block="each"), makes("b", block="when"), makes("c", block="otherwise"), primary, stand_in
    given = with_blocks(*inside, joined.model_copy(update={"block": "each"}), blocks=blocks)
    assert rule(given, "j") == Rule("NONE_FAILED", (), (("b", "c"),))
    assert rule(given, "p-or-s") == Rule("ALL_DONE")


def test_who_collects_runs_over_no_items() -> None:
    item = takes("x", ItemRef(loop="each", name="item"), INT)
    inside = stage("b", item, result=INT).model_copy(update={"block": "each"})
    total = stage("c", takes("of", Collected(loop="each", of=ResultRef(stage="b")), ListOf(item=INT)))
    assert rule(with_blocks(inside, total, blocks=(loop("each"),)), "c") == Rule("NONE_FAILED")


def test_in_a_loop_in_a_loop_what_begins_with_a_copy_waits_for_its_turn() -> None:
    blocks = loop("each"), loop("inner", parent="each", max_parallel=2)
    given = nodes(
        with_blocks(
            makes("a", block="each"), makes("b", "a", block="inner"), makes("c", "b", block="inner"), blocks=blocks
        )
    )
    waits = {id: node.upstream for id, node in given.by_id.items()}
    assert waits["b"] == ("inner-turn", "a-in-inner")
    assert waits["c"] == ("b",)
    assert "inner-turn" not in waits["a-in-inner"]


def test_what_may_be_expanded_last_is_outlasted() -> None:
    each = loop("each")
    early = with_blocks(makes("n"), makes("a", "n", block="each"), makes("b", "a", "n", block="each"), blocks=(each,))
    assert LAST not in nodes(early).by_id
    late = with_blocks(makes("n"), makes("a", block="each"), makes("b", "a", "n", block="each"), blocks=(each,))
    assert nodes(late).by_id[LAST].upstream == ("b",)
    assert rule(late, LAST) == Rule()


def codes(given: Pipeline) -> list[str]:
    try:
        compile_pipeline(given, BACKEND)
    except Refused as refused:
        return [each.code for each in refused.diagnostics]
    return []


def test_what_airflow_cannot_expand_or_bound_is_refused() -> None:
    one, two = makes("a", block="each"), makes("b", block="each")
    assert codes(with_blocks(one, blocks=(loop("each", max_parallel=2),))) == []
    assert codes(with_blocks(one, two, blocks=(loop("each", max_parallel=2),))) == []
    inner = makes("b", block="inner")
    blocks = loop("each", max_parallel=2), loop("inner", parent="each", max_parallel=1)
    assert codes(with_blocks(one, inner, blocks=blocks)) == ["PPC401"]
    assert codes(with_blocks(one, inner, blocks=(loop("each"), loop("inner", parent="each", max_parallel=1)))) == []


def retried(id: str, **changes: object) -> Stage:
    return makes(id, **changes).model_copy(update={"retry": Retry(retries=1)})


@pytest.mark.parametrize(
    ("stages", "turns"),
    [
        ((makes("a", block="each"),), None),
        ((makes("a", block="each"), makes("z")), None),
        ((retried("a", block="each"),), ("a",)),
        ((makes("a", block="each"), makes("b", "a", block="each")), ("a", "b")),
        ((makes("a", block="each"), makes("b", block="when")), ("a", "b")),
    ],
)
def test_items_take_turns_unless_one_attempt_is_all(stages: tuple[Stage, ...], turns: tuple[str, ...] | None) -> None:
    blocks = loop("each", max_parallel=2), branch("when", "a", parent="each")
    given = nodes(with_blocks(*stages, blocks=blocks[: 1 + (turns == ("a", "b"))]))
    turn = given.by_id.get("each-turn")
    assert (turn.body.stages if turn is not None and isinstance(turn.body, TurnOf) else None) == turns
    assert "each-turn" not in nodes(with_blocks(*stages, blocks=(loop("each"), blocks[1]))).by_id


def test_what_an_item_begins_with_waits_for_its_turn() -> None:
    given = nodes(
        with_blocks(
            makes("z"),
            makes("a", block="each"),
            makes("b", "z", block="each"),
            makes("c", "a", "z", block="each"),
            blocks=(loop("each", max_parallel=2),),
        )
    )
    waits = {id: node.upstream for id, node in given.by_id.items()}
    assert waits["a"] == ("each-turn",)
    assert waits["b"] == ("each-turn", "z")
    assert waits["c"] == ("a", "z")
    assert given.by_id["b"].order == ("each-turn",)
    assert {each.trigger for each in rules(given).values()} == {None}
