"""What the stages of loops need from outside."""

from __future__ import annotations

import pytest

from portable_pipeline.ir import Block, Constant, Pipeline, ResultRef, Stage
from portable_pipeline.ir.loops import LoopNeeds, taken_apart
from portable_pipeline.semantics import RULES
from tests.unit.runner.pipelines import collected, item, loop, parameter, pipeline, result, stage, when


def case(*blocks: Block) -> Pipeline:
    """`late` and `source` are outside; `first` needs one of them, `second` what `first` gives."""
    return pipeline(
        "",
        stage("source"),
        stage("load", takes={"x": result("source")}),
        stage("late", takes={"x": result("source")}),
        stage("alone", block="loop"),
        stage("first", takes={"x": item("loop"), "y": result("late")}, block="loop"),
        stage("second", takes={"x": result("first"), "y": result("load"), "z": result("source")}, block="loop"),
        blocks=blocks,
    )


def test_needs_of_others_in_the_loop_count() -> None:
    needs = LoopNeeds(case(loop("loop", x=parameter("items"))))
    assert sorted(needs.of("second", "loop")) == ["late", "load", "source"]
    assert needs.of("alone", "loop") == ()
    # Where `source` fails, so do both others.
    assert sorted(needs.open("second", "loop")) == ["late", "load"]
    assert needs.open("first", "loop") == ("late",)


def test_what_decides_about_the_loop_is_known_by_then() -> None:
    needs = LoopNeeds(case(loop("loop", x=result("load"))))
    assert needs.open("second", "loop") == ("late",)
    guarded = LoopNeeds(case(when("when", result("late"), ">", Constant(value=1)), loop("loop", parent="when", x=[1])))
    assert guarded.open("second", "loop") == ("load",)


def test_a_stand_in_is_skipped_whatever_it_takes() -> None:
    stages = (
        stage("good"),
        stage("bad"),
        stage("main", takes={"x": result("good")}, block="loop", fallback="spare"),
        stage("spare", takes={"x": result("bad")}, block="loop", stands_in_for="main"),
    )
    needs = LoopNeeds(pipeline("", *stages, blocks=(loop("loop", x=parameter("items")),)))
    assert needs.of("main", "loop") == needs.of("spare", "loop") == ("good",)


@pytest.mark.parametrize(
    ("items", "parent", "skipped", "empty"),
    [
        (Constant(value=[1]), None, False, False),
        (Constant(value=[]), None, False, True),
        (parameter("items"), None, False, True),
        (Constant(value=[1]), "when", True, True),
        (ResultRef(stage="guarded"), None, True, True),
    ],
)
def test_when_a_loop_may_run_for_no_item(items: object, parent: str | None, skipped: bool, empty: bool) -> None:
    blocks = (when("when", parameter("go"), "==", Constant(value=True)), loop("loop", parent=parent, x=items))
    needs = LoopNeeds(pipeline("", stage("guarded", block="when"), stage("each", block="loop"), blocks=blocks))
    assert (needs.may_be_skipped("loop"), needs.may_run_for_none("loop")) == (skipped, empty)


FIRST = stage("first", takes={"x": item("loop")}, block="loop")
SECOND = stage("second", takes={"x": result("first")}, block="loop")
OF_FIRST, OF_SECOND = (collected("loop", result(each)) for each in ("first", "second"))


@pytest.mark.parametrize(
    ("stages", "apart"),
    [
        ((FIRST, stage("take", takes={"x": OF_FIRST})), []),
        ((FIRST, SECOND, stage("take", takes={"x": OF_SECOND})), []),
        ((FIRST, SECOND, stage("take", takes={"x": OF_FIRST})), ["take"]),
        ((FIRST, SECOND, stage("take", after=("first",))), ["take"]),
        ((FIRST, SECOND, stage("take", takes={"x": OF_FIRST, "y": OF_SECOND})), []),
        ((FIRST, SECOND, stage("other", takes={"x": OF_SECOND}), stage("take", takes={"x": OF_FIRST})), ["take"]),
        (
            (
                FIRST,
                SECOND,
                stage("other", takes={"x": OF_SECOND}),
                stage("take", takes={"x": OF_FIRST}, after=("other",)),
            ),
            [],
        ),
        ((FIRST, stage("beside", block="loop"), stage("take", takes={"x": OF_FIRST})), ["take"]),
        ((stage("out"), FIRST, stage("beside", takes={"x": result("out")}, block="loop")), ["first"]),
        ((stage("out"), FIRST, SECOND, stage("two", takes={"x": OF_FIRST}), stage("three", after=("first",))), ["two"]),
    ],
    ids=["one", "last", "first", "after", "both", "a second", "by another", "beside", "into", "once for each loop"],
)
def test_what_needs_less_than_a_loop(stages: tuple[Stage, ...], apart: list[str]) -> None:
    given = pipeline("", *stages, blocks=(loop("loop", x=parameter("items")),))
    assert [each.id for each in taken_apart(given)] == apart
    assert len([*RULES["M4.apart"].used(given)]) == len(apart)


def test_stages_in_no_loop_are_not_taken_apart() -> None:
    assert [*taken_apart(pipeline("", stage("one"), stage("two", takes={"x": result("one")})))] == []


def test_a_bound_on_a_loop_that_holds_another() -> None:
    def bounds(outer: int | None, inner: int | None) -> int:
        blocks = (loop("outer", limit=outer, x=[1]), loop("inner", parent="outer", limit=inner, x=[1]))
        return len([*RULES["M5.outer"].used(pipeline("", stage("one", block="inner"), blocks=blocks))])

    assert (bounds(2, None), bounds(2, 1), bounds(None, 1), bounds(None, None)) == (1, 1, 0, 0)
