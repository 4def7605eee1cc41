"""What the flow submits, what a loop submits for each item, and under which names futures are noted."""

from __future__ import annotations

from portable_pipeline.ir import ParameterRef, Pipeline
from portable_pipeline.ir.types import INT, ListOf
from ppc_prefect.plan import Loop as LoopPlan
from ppc_prefect.plan import Submission
from ppc_prefect.scope import scope_of
from ppc_prefect.submissions import Submissions
from tests.unit.backends.prefect_blocks import collected, compare, item, loop, result, when
from tests.unit.backends.prefect_pipelines import parameter, pipeline, stage, takes

SAVED = pipeline(
    stage("data", result=INT),
    stage("train", takes("x", result("data")), fallback="previous", result=INT),
    stage("previous", stands_in_for="train", result=INT),
    stage("use", takes("x", result("train"))),
)
NESTED = pipeline(
    stage("cell", takes("x", item("inner")), block="inner", fallback="other", result=INT),
    stage("other", block="inner", stands_in_for="cell", result=INT),
    stage("odd", block="when", result=INT),
    stage("row", takes("xs", collected(result("cell"), "inner"), ListOf(item=INT)), block="outer", result=INT),
    stage("table", takes("xs", collected(result("cell"), "inner", "outer"), ListOf(item=ListOf(item=INT)))),
    blocks=(
        loop("outer", ParameterRef(name="names"), max_parallel=2, key="id"),
        loop("inner", item("outer", "parts"), parent="outer"),
        when("when", compare(item("outer"), "==", "{x}"), parent="outer"),
    ),
    parameters=(parameter("names", ListOf(item=INT)),),
)


def of(case: Pipeline) -> tuple[Submission | LoopPlan, ...]:
    return Submissions(scope_of(case)).of(None)


def loops(of: tuple[Submission | LoopPlan, ...]) -> LoopPlan:
    (found,) = (each for each in of if isinstance(each, LoopPlan))
    return found


def arguments(each: Submission) -> dict[str, str]:
    return {argument.name: argument.value for argument in each.arguments}


def plain(steps: tuple[Submission | LoopPlan, ...]) -> dict[str, Submission]:
    return {each.stage: each for each in steps if isinstance(each, Submission)}


def test_what_a_primary_or_its_stand_in_gave_comes_right_behind_them() -> None:
    steps = plain(of(SAVED))
    assert list(steps) == ["data", "train", "previous", "train or previous", "use"]
    either = steps["train or previous"]
    assert arguments(either) == {
        "primary": "allow_failure(train_run)",
        "stand_in": "allow_failure(previous_run)",
        "wait_for": "[data_run]",
    }
    assert [name for name, each in steps.items() if not each.counts] == ["train or previous"]
    assert arguments(steps["use"]) == {"train": "train_or_else_run"}


def test_nothing_is_noted_where_nobody_asks() -> None:
    assert {each.noted for each in plain(of(SAVED)).values()} == {None}
    assert {each.noted for each in plain(of(NESTED)).values()} == {"'table'", None}


def test_a_loop_is_submitted_with_the_stages_of_an_item_inside() -> None:
    outer = loops(of(NESTED))
    inner = loops(outer.body)
    assert (outer.name, outer.lists, outer.limit, outer.key) == ("outer: names", "{'x': names}", "2", "'id'")
    assert (outer.run_name, outer.around) == (None, None)
    assert (inner.run_name, inner.around) == ("'inner{instance}'", "instance")
    assert list(plain(inner.body)) == ["cell", "other", "cell or other"]
    assert outer.futures == ("inner_run", "all_cell_run", "when_run", "odd_run", "row_run")


def test_a_loop_over_a_part_of_an_item_finds_it_in_that_item() -> None:
    assert loops(loops(of(NESTED)).body).lists == "{'x': outer_item['x']['parts']}"


def noted(steps: tuple[Submission | LoopPlan, ...]) -> list[str]:
    """The keys for the item at `[1]`."""
    found = (each.submission.noted if isinstance(each, LoopPlan) else each.noted for each in steps)
    return [eval(each, {"instance": "[1]"}) for each in found if each is not None]


def test_what_is_noted_says_for_which_item_it_is() -> None:
    outer = loops(of(NESTED))
    assert noted(outer.body) == [
        "inner[1]: x.parts",
        "collect cell or other[1]",
        "when[1]: x == '{x}'",
        "odd[1]",
        "row[1]",
    ]
    assert noted(loops(outer.body).body) == ["cell[1]", "other[1]", "cell or other[1]"]


def test_what_is_collected_is_found_by_the_names_that_were_noted() -> None:
    """The flow collects what each item of the outer loop has collected from the inner one."""
    outer = loops(of(NESTED))
    inside = next(each for each in plain(outer.body).values() if each.stage.startswith("collect"))
    outside = next(each for each in plain(of(NESTED)).values() if each.stage.startswith("collect"))
    assert eval(arguments(inside)["of"], {"instance": "[1]"}) == "cell or other[1]"
    assert (arguments(inside)["count"], arguments(outside)["count"]) == ("inner_run", "outer_run")
    assert eval(arguments(outside)["of"]) + "[1]" in noted(outer.body)
