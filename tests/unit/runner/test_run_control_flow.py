"""Conditions, joins, loops and fallbacks in real processes: what ran, with which values."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.ir import ItemKey, ListOf, OptionalOf, Parameter, Pipeline, RunDate, Scalar, Stage, Text, Uri
from portable_pipeline.outcome import RunOutcome
from portable_pipeline.runner import run_locally
from tests.unit.runner.pipelines import (
    artifact,
    collected,
    first_of,
    item,
    loop,
    otherwise,
    parameter,
    pipeline,
    result,
    stage,
    when,
)

CODE = """
import time
from typing import Any
from stage_runtime import Artifact

def give(value: Any) -> Any:
    return value

def fail(value: Any = None):
    raise ValueError("broken")

def fail_on(value: int, bad: int) -> int:
    if value == bad:
        raise ValueError(f"not {bad}")
    return value

def add(left: int, right: int) -> int:
    return left + right

def during(value: Any = None, seconds: float = 0.4) -> list[float]:
    begin = time.monotonic()
    time.sleep(seconds)
    return [begin, time.monotonic()]

def write(text: str, out: Artifact) -> None:
    with open(out.path, "w") as file:
        file.write(text)

def read_all(files: list[dict]) -> list[str]:
    return [open(file["uri"]).read() for file in files]
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield


def give(id: str, value: object = None, **more: Any) -> Stage:
    return stage(id, function="give", takes={"value": id if value is None else value}, **more)


def case(*stages: Stage, **settings: Any) -> Pipeline:
    return pipeline(CODE, *stages, **settings)


def states(outcome: RunOutcome) -> dict[str, str]:
    return {each.id: each.state for each in outcome.stages}


def results(outcome: RunOutcome) -> dict[str, Any]:
    return {each.id: each.result for each in outcome.stages if each.has_result}


@pytest.mark.parametrize(("score", "ran"), [(0.95, "deploy"), (0.5, "keep")])
def test_one_of_two_branches_runs_and_a_join_takes_its_value(score: float, ran: str) -> None:
    good = when("good", result("score"), ">=", parameter("least"))
    outcome = run_locally(
        case(
            give("score", score),
            give("deploy", block="good"),
            give("keep", block="other"),
            give("after_deploy", result("deploy")),
            give("joined", first_of("deploy", "keep")),
            blocks=(good, otherwise("other", good)),
            parameters=(Parameter(name="least", type=Scalar(name="float"), required=False, default=0.9),),
        )
    )
    assert outcome.state == "success"
    assert (outcome.error, outcome.degraded) == (None, False)
    expected = {"score": score, ran: ran, "joined": ran}
    assert results(outcome) == expected | ({"after_deploy": "deploy"} if ran == "deploy" else {})
    assert {id for id, state in states(outcome).items() if state == "skipped"} == {
        "deploy", "keep", "after_deploy"} - expected.keys() - results(outcome).keys()  # fmt: skip


def test_dates_are_compared_as_dates() -> None:
    datetimes, dates = Scalar(name="datetime"), Scalar(name="date")
    same = when("same", (result("now"), datetimes), "==", ("2026-01-05T00:00:00Z", datetimes))
    listed = when("listed", (RunDate(), dates), "in", (["2026-01-04", "2026-01-05"], ListOf(item=dates)), parent="same")
    never = when("never", (None, OptionalOf(item=dates)), "==", (RunDate(), dates))
    outcome = run_locally(
        case(
            give("now", "2026-01-05T01:00:00+01:00"),
            give("yes", block="listed"),
            give("no", block="never"),
            blocks=(same, listed, never),
        ),
        date="2026-01-05",
    )
    assert states(outcome) == {"now": "success", "yes": "success", "no": "skipped"}


def test_a_condition_that_cannot_be_decided_fails_the_run_and_is_named() -> None:
    small = when("small", result("nothing"), "<", 3)
    outcome = run_locally(
        case(
            stage("nothing", function="during", takes={"seconds": 0.0}),
            give("one", block="small"),
            give("other", block="big"),
            give("after", result("one")),
            give("free"),
            blocks=(small, otherwise("big", small)),
        )
    )
    assert outcome.state == "failed"
    assert states(outcome) == {
        "nothing": "success",
        "one": "upstream_failed",
        "other": "upstream_failed",
        "after": "upstream_failed",
        "free": "success",
    }
    assert "the condition `small` cannot be decided: cannot tell whether [" in (outcome.error or "")
    assert "the condition `big` cannot be decided" in (outcome.error or "")


def test_a_wait_for_a_condition_holds_up_nothing_else() -> None:
    outcome = run_locally(
        case(
            stage("slow", function="during", takes={"seconds": 1.0}),
            give("in_block", block="decided"),
            stage("free", function="during", takes={"seconds": 0.1}),
            stage("next", function="during", takes={"value": result("free"), "seconds": 0.1}),
            blocks=(when("decided", result("slow"), "!=", 0),),
        ),
        max_parallel=2,
    )
    assert results(outcome)["next"][1] < results(outcome)["slow"][1]


def test_a_loop_runs_its_stages_once_an_item_and_collects_in_order() -> None:
    outcome = run_locally(
        case(
            give("items", [3, 1, 2]),
            stage("one", function="add", takes={"left": item("l"), "right": item("l", "y")}, block="l"),
            stage("two", function="add", takes={"left": result("one"), "right": result("base")}, block="l"),
            give("all", collected("l", result("two"))),
            give("base", 100),
            blocks=(loop("l", x=result("items"), y=[10, 20, 30]),),
        )
    )
    assert outcome.state == "success"
    assert results(outcome) == {
        "items": [3, 1, 2],
        "one[0]": 13,
        "one[1]": 21,
        "one[2]": 32,
        "two[0]": 113,
        "two[1]": 121,
        "two[2]": 132,
        "all": [113, 121, 132],
        "base": 100,
    }
    assert [each.id for each in outcome.stages] == ["items", "one[0]", "one[1]", "one[2]", "two[0]", "two[1]", "two[2]",
                                                    "all", "base"]  # fmt: skip


def test_no_items() -> None:
    outcome = run_locally(
        case(
            give("items", []),
            give("body", item("l"), block="l"),
            give("all", collected("l", result("body"))),
            give("later", "x", after=["body"]),
            blocks=(loop("l", x=result("items")),),
        )
    )
    assert states(outcome) == {"items": "success", "all": "success", "later": "success"}
    assert results(outcome)["all"] == []


def test_an_item_that_fails_does_not_stop_the_others() -> None:
    outcome = run_locally(
        case(
            stage("body", function="fail_on", takes={"value": item("l"), "bad": 2}, block="l", retries=1),
            give("next", result("body"), block="l"),
            give("all", collected("l", result("next"))),
            blocks=(loop("l", x=[1, 2, 3]),),
        )
    )
    assert outcome.state == "failed"
    assert {each.id: (each.state, each.attempts) for each in outcome.stages} == {
        "body[0]": ("success", 1),
        "body[1]": ("failed", 2),
        "body[2]": ("success", 1),
        "next[0]": ("success", 1),
        "next[1]": ("upstream_failed", 0),
        "next[2]": ("success", 1),
        "all": ("upstream_failed", 0),
    }
    assert next(each.error for each in outcome.stages if each.id == "body[1]") == "ValueError: not 2"
    # Who prints nothing has no log, and what went wrong stands in one.
    assert [Path(each.log).name for each in outcome.stages if each.log] == ["body[1].2.log"]


def test_conditions_in_loops_in_loops() -> None:
    """Of each row the even numbers; rows that start with 0 are left out as a whole."""
    rows = when("rows", item("outer", "row"), "!=", [0], parent="outer")
    even = when("even", item("inner"), "in", [2, 4, 6], parent="inner")
    outcome = run_locally(
        case(
            give("cell", item("inner"), block="even"),
            give("row_done", collected("inner", result("cell")), block="outer"),
            give("table", collected("outer", collected("inner", result("cell")))),
            give("rows_done", collected("outer", result("row_done"))),
            blocks=(
                loop("outer", row=[[1, 2, 4], [0], [], [3]]),
                rows,
                loop("inner", parent="rows", x=item("outer", "row")),
                even,
            ),
        )
    )
    assert outcome.state == "success"
    assert results(outcome)["table"] == [[2, 4], [], []]
    assert results(outcome)["rows_done"] == [[2, 4], [], []]
    assert {id: state for id, state in states(outcome).items() if id.startswith("cell")} == {
        "cell[0][0]": "skipped",
        "cell[0][1]": "success",
        "cell[0][2]": "success",
        "cell[1]": "skipped",
        "cell[3][0]": "skipped",
    }
    assert states(outcome)["row_done[1]"] == "skipped"


def test_a_loop_in_a_branch_that_does_not_run() -> None:
    outcome = run_locally(
        case(
            give("body", item("l"), block="l"),
            give("all", collected("l", result("body"))),
            blocks=(when("never", 1, "==", 2), loop("l", parent="never", x=[1, 2])),
        )
    )
    assert states(outcome) == {"body": "skipped", "all": "skipped"}
    assert outcome.state == "success"


@pytest.mark.parametrize(
    ("items", "error"),
    [("text", "`x` is no list, but str: 'text'"), ([1], "the lists are of different lengths: `x` has 1, `y` has 2")],
)
def test_what_cannot_be_gone_through_fails_the_run_and_is_named(items: object, error: str) -> None:
    outcome = run_locally(
        case(
            give("items", items),
            give("body", item("l"), block="l"),
            give("all", collected("l", result("body"))),
            blocks=(loop("l", x=result("items"), y=[1, 2]),),
        )
    )
    assert states(outcome) == {"items": "success", "body": "upstream_failed", "all": "upstream_failed"}
    assert (outcome.state, outcome.error) == ("failed", f"the loop `l` cannot run: {error}")


def test_so_many_items_at_once_in_order() -> None:
    outcome = run_locally(
        case(
            stage("one", function="during", takes={"value": item("l"), "seconds": 0.1}, block="l"),
            stage("two", function="during", takes={"value": result("one"), "seconds": 0.1}, block="l"),
            blocks=(loop("l", limit=1, x=[1, 2, 3]),),
        ),
        max_parallel=4,
    )
    found = results(outcome)
    spans = [(found[f"one[{index}]"][0], found[f"two[{index}]"][1]) for index in range(3)]
    assert spans == sorted(spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_each_item_has_an_address_of_its_own() -> None:
    uri = Uri(parts=(Text(text="out/"), ItemKey(loop="l"), Text(text="/"), ItemKey(loop="m"), Text(text=".txt")))
    outcome = run_locally(
        case(
            stage("write", takes={"text": item("l", field="text")}, writes={"out": uri}, returns=False, block="m"),
            stage("read_all", takes={"files": collected("m", artifact("write", "out"))}, block="l"),
            blocks=(
                loop("l", key="id", x=[{"id": "a", "text": "first"}, {"id": 7, "text": "second"}]),
                loop("m", parent="l", n=[0, 1]),
            ),
        )
    )
    assert outcome.state == "success"
    written = {str(path): path.read_text() for path in Path("out").rglob("*.txt")}
    assert written == {
        "out/a/0.txt": "first", "out/a/1.txt": "first", "out/7/0.txt": "second", "out/7/1.txt": "second"
    }  # fmt: skip
    assert results(outcome) == {"read_all[0]": ["first", "first"], "read_all[1]": ["second", "second"]}


def saved(primary: str, **more: Any) -> tuple[Stage, Stage]:
    return (
        stage("fresh", function=primary, takes={"value": 1}, retries=1, fallback="last", **more),
        give("last", 2, stands_in_for="fresh", **more),
    )


def test_a_stand_in_takes_the_place_of_what_failed_for_good() -> None:
    outcome = run_locally(case(*saved("fail"), give("use", result("fresh"))))
    assert (outcome.state, outcome.degraded) == ("success", True)
    assert {each.id: (each.state, each.attempts) for each in outcome.stages} == {
        "fresh": ("failed", 2),
        "last": ("success", 1),
        "use": ("success", 1),
    }
    assert results(outcome)["use"] == 2
    assert outcome.to_json()["degraded"] is True


def test_a_stand_in_that_is_not_needed_is_skipped() -> None:
    outcome = run_locally(case(*saved("give"), give("use", result("fresh"))))
    assert states(outcome) == {"fresh": "success", "last": "skipped", "use": "success"}
    assert (outcome.state, outcome.degraded, results(outcome)["use"]) == ("success", False, 1)
    assert "degraded" not in outcome.to_json()


def test_a_stand_in_that_fails_too_or_cannot_run_saves_nothing() -> None:
    primary, _ = saved("fail")
    last = stage("last", function="fail", stands_in_for="fresh")
    outcome = run_locally(case(primary, last, give("use", result("fresh"))))
    assert states(outcome) == {"fresh": "failed", "last": "failed", "use": "upstream_failed"}
    assert (outcome.state, outcome.degraded) == ("failed", False)
    skipped = give("last", result("not_run"), stands_in_for="fresh")
    blocks = (when("never", 1, "==", 2),)
    outcome = run_locally(
        case(give("not_run", block="never"), primary, skipped, give("use", result("fresh")), blocks=blocks)
    )
    assert states(outcome) == {"not_run": "skipped", "fresh": "failed", "last": "skipped", "use": "upstream_failed"}
    assert (outcome.state, outcome.degraded) == ("failed", False)


def test_a_fallback_in_a_loop_stands_in_for_its_own_item() -> None:
    fresh = stage("fresh", function="fail_on", takes={"value": item("l"), "bad": 2}, fallback="last", block="l")
    last = give("last", -1, stands_in_for="fresh", block="l")
    use = give("use", collected("l", result("fresh")))
    outcome = run_locally(case(fresh, last, use, blocks=(loop("l", x=[1, 2, 3]),)))
    assert (outcome.state, outcome.degraded) == ("success", True)
    assert results(outcome)["use"] == [1, -1, 3]
    assert [states(outcome)[f"last[{index}]"] for index in range(3)] == ["skipped", "success", "skipped"]


def test_a_stopped_run_names_a_loop_that_has_not_been_opened_once() -> None:
    begun = time.monotonic()
    outcome = run_locally(
        case(
            stage("items", function="during", takes={"seconds": 60.0}),
            give("body", item("l"), block="l"),
            give("all", collected("l", result("body"))),
            blocks=(loop("l", x=result("items")),),
            timeout=timedelta(seconds=0.5),
        )
    )
    assert time.monotonic() - begun < 5
    assert states(outcome) == {"items": "failed", "body": "cancelled", "all": "cancelled"}
