"""Conditions, maps, joins, fallbacks, retries and hooks inside one another: whole traces, stage by stage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.observed import Observed
from tests.contract.rules import contract

RunCase = Callable[..., Observed]
#: Of each stage, by id and in order: its state, its attempts, and its result if it has one.
Trace = dict[str, tuple[Any, ...]]

SKIPPED = ("skipped", 0)
LOST = ("upstream_failed", 0)


def done(result: Any, attempts: int = 1) -> tuple[str, int, Any]:
    return ("success", attempts, result)


def failed(attempts: int = 1) -> tuple[str, int]:
    return ("failed", attempts)


def trace(seen: Observed) -> list[tuple[str, tuple[Any, ...]]]:
    """What the run did, stages in order."""
    return [
        (each.id, (each.state, each.attempts, *([each.result] if each.has_result else [])))
        for each in seen.outcome.stages
    ]


def check(seen: Observed, expected: Trace, *, state: str = "success", degraded: bool = False) -> None:
    assert dict(trace(seen)) == expected, seen.errors
    assert [id for id, _ in trace(seen)] == list(expected)
    assert (seen.state, seen.degraded) == (state, degraded)


@contract("C1", "C2", "C4", "C6")
@pytest.mark.parametrize(
    ("value", "doubled", "ran"),
    [(0, None, "none"), (3, 6, "small"), (50, 100, "big"), (99, 198, "big"), (60, 120, "huge")],
)
def test_conditions_three_deep_with_one_join(run_case: RunCase, value: int, doubled: int | None, ran: str) -> None:
    seen = run_case("combo_nested_conditions", value=value)
    options = {"name": "huge", "name_2": "big", "name_3": "small", "name_4": "none"}
    check(
        seen,
        {
            "measure": done(value),
            "double": SKIPPED if doubled is None else done(doubled),
            **{id: done(text) if text == ran else SKIPPED for id, text in options.items()},
            "tell": done(ran),
            "name_5": done("after huge") if ran == "huge" else SKIPPED,
        },
    )
    assert seen.seen("tell") == {"text": ["str", repr(ran)]}


@contract("C1", "C4", "M1", "M2", "M3")
@pytest.mark.parametrize("items", [3, 0])
def test_a_map_in_a_condition_that_holds(run_case: RunCase, items: int) -> None:
    seen = run_case("combo_map_in_condition", go=True, items=items)
    squares = [number * number for number in range(items)]
    check(
        seen,
        {
            "numbers": done(list(range(items))),
            **{f"square[{index}]": done(square) for index, square in enumerate(squares)},
            "total": done(sum(squares)),
            "nothing": SKIPPED,
            "report": done(sum(squares)),
            "count": done(items),
        },
    )
    assert seen.seen("count") == {"squares": ["list", [["int", str(square)] for square in squares]]}


@contract("C1", "C3", "C4", "M1", "M2")
def test_a_map_in_a_condition_that_does_not_hold(run_case: RunCase) -> None:
    seen = run_case("combo_map_in_condition", go=False, items=3)
    check(
        seen,
        {
            "numbers": SKIPPED, "square": SKIPPED, "total": SKIPPED,
            "nothing": done(-1), "report": done(-1), "count": SKIPPED,
        },
    )  # fmt: skip
    assert seen.started("numbers") == seen.started("count") == []


@contract("C1", "C2", "C4", "M2", "M6")
def test_a_condition_in_a_map_and_a_join_for_each_item(run_case: RunCase) -> None:
    seen = run_case("combo_condition_in_map", items=["ab", "abcde", "c"])
    notes = ["note: ab is short", "note: abcde is long", "note: c is short"]
    check(
        seen,
        {
            "measure[0]": done(2), "measure[1]": done(5), "measure[2]": done(1),
            "praise[0]": SKIPPED, "praise[1]": done("abcde is long"), "praise[2]": SKIPPED,
            "scold[0]": done("ab is short"), "scold[1]": SKIPPED, "scold[2]": done("c is short"),
            "note[0]": done(notes[0]), "note[1]": done(notes[1]), "note[2]": done(notes[2]),
            "publish": done(["abcde is long", *notes]),
        },
    )  # fmt: skip


@contract("C4", "M3", "M6")
def test_a_condition_in_a_map_over_nothing(run_case: RunCase) -> None:
    check(run_case("combo_condition_in_map", items=[]), {"publish": done([])})


@contract("C4", "M4", "M6")
def test_a_failure_in_a_branch_in_a_map(run_case: RunCase) -> None:
    seen = run_case("combo_condition_in_map", items=["abcde", "bad", "abcdef"])
    check(
        seen,
        {
            "measure[0]": done(5), "measure[1]": done(3), "measure[2]": done(6),
            "praise[0]": done("abcde is long"), "praise[1]": SKIPPED, "praise[2]": done("abcdef is long"),
            "scold[0]": SKIPPED, "scold[1]": failed(), "scold[2]": SKIPPED,
            "note[0]": done("note: abcde is long"), "note[1]": LOST, "note[2]": done("note: abcdef is long"),
            "publish": LOST,
        },
        state="failed",
    )  # fmt: skip


@contract("M1", "M2", "M3", "M6")
def test_a_map_in_a_map_also_over_nothing(run_case: RunCase) -> None:
    seen = run_case("combo_map_in_map", words=["ab", "", "c"])
    check(
        seen,
        {
            "parts[0]": done(["a", "b"]), "parts[1]": done([]), "parts[2]": done(["c"]),
            "shout[0][0]": done("A"), "shout[0][1]": done("B"), "shout[2][0]": done("C"),
            "spell[0]": done("A-B"), "spell[1]": done(""), "spell[2]": done("C"),
            "publish": done(["A-B", "", "C"]),
        },
    )  # fmt: skip
    letters = [["list", [["str", repr(letter)] for letter in word]] for word in ("AB", "", "C")]
    assert seen.seen("publish")["parts"] == ["list", letters]


@contract("M4", "M6")
def test_a_failure_in_a_map_in_a_map(run_case: RunCase) -> None:
    seen = run_case("combo_map_in_map", words=["ab", "!c"])
    check(
        seen,
        {
            "parts[0]": done(["a", "b"]), "parts[1]": done(["!", "c"]),
            "shout[0][0]": done("A"), "shout[0][1]": done("B"), "shout[1][0]": failed(), "shout[1][1]": done("C"),
            "spell[0]": done("A-B"), "spell[1]": LOST,
            "publish": LOST,
        },
        state="failed",
    )  # fmt: skip


@contract("C2", "C4", "M1", "M2")
@pytest.mark.parametrize("hurry", [True, False])
def test_a_join_after_maps_and_a_map_after_the_join(run_case: RunCase, hurry: bool) -> None:
    seen = run_case("combo_join_after_map", hurry=hurry)
    found = [1, 2] if hurry else [10, 20, 30]
    ran = {f"{'quick' if hurry else 'thorough'}[{index}]": done(item) for index, item in enumerate(found)}
    check(
        seen,
        {
            **(ran if hurry else {"quick": SKIPPED}),
            "gather": done(found) if hurry else SKIPPED,
            **({"thorough": SKIPPED} if hurry else ran),
            "gather_2": SKIPPED if hurry else done(found),
            "gather_3": done(found),
            **{f"show[{index}]": done(f"<{item}>") for index, item in enumerate(found)},
            "page": done(" ".join(f"<{item}>" for item in found)),
        },
    )


@contract("F3", "M1", "M2", "M6")
def test_a_fallback_for_an_item_of_a_map(run_case: RunCase) -> None:
    seen = run_case("combo_fallback_in_map", items=["a", "bad", "c"])
    check(
        seen,
        {
            "train[0]": done("new a"), "train[1]": failed(2), "train[2]": done("new c"),
            "previous[0]": SKIPPED, "previous[1]": done("old bad"), "previous[2]": SKIPPED,
            "check[0]": done("new a, checked"), "check[1]": done("old bad, checked"),
            "check[2]": done("new c, checked"),
            "publish": done(3),
        },
        degraded=True,
    )  # fmt: skip
    models = [["str", repr(text)] for text in ("new a", "old bad", "new c")]
    assert seen.seen("publish")["models"] == ["list", models]


@contract("F3", "M4", "M6")
def test_a_fallback_that_fails_for_an_item_of_a_map(run_case: RunCase) -> None:
    seen = run_case("combo_fallback_in_map", items=["bad worse", "bad"])
    check(
        seen,
        {
            "train[0]": failed(2), "train[1]": failed(2),
            "previous[0]": failed(), "previous[1]": done("old bad"),
            "check[0]": LOST, "check[1]": done("old bad, checked"),
            "publish": LOST,
        },
        state="failed",
        degraded=True,
    )  # fmt: skip


@contract("C4", "F1", "F2", "G5")
@pytest.mark.parametrize("dare", [True, False])
def test_a_failure_in_a_branch(run_case: RunCase, dare: bool) -> None:
    seen = run_case("combo_failure_in_branch", dare=dare, broken=True)
    check(
        seen,
        {
            "risky": failed() if dare else SKIPPED,
            "polish": LOST if dare else SKIPPED,
            "other": done("in the same branch") if dare else SKIPPED,
            "safe": SKIPPED if dare else done("safe"),
            "tell": LOST if dare else done("safe"),
            "polish_2": LOST if dare else done("SAFE"),
            "apart": done("in none"),
        },
        state="failed" if dare else "success",
    )


@contract("C1", "C3", "M2", "M6")
@pytest.mark.parametrize(
    ("go", "numbers", "kept"), [(True, [1, 5, 2, 6], [10, 12]), (True, [1, 2], []), (False, [5], None)]
)
def test_what_is_collected_of_stages_that_were_skipped(
    run_case: RunCase, go: bool, numbers: list[int], kept: list[int] | None
) -> None:
    seen = run_case("combo_collect_skipped", numbers=numbers, least=6, go=go)
    if kept is None:
        check(seen, {"double": SKIPPED, "keep": SKIPPED, "total": SKIPPED})
        return
    doubled = [2 * number for number in numbers]
    check(
        seen,
        {
            **{f"double[{index}]": done(number) for index, number in enumerate(doubled)},
            **{f"keep[{index}]": done(number) if number in kept else SKIPPED for index, number in enumerate(doubled)},
            "total": done(sum(kept)),
        },
    )
    assert seen.seen("total") == {"kept": ["list", [["int", str(number)] for number in kept]]}


@contract("M4", "R1", "X2")
def test_retries_and_alerts_of_items(run_case: RunCase) -> None:
    seen = run_case("combo_retry_in_map", items=["good", "flaky", "bad"])
    check(
        seen,
        {"train[0]": done("good 1"), "train[1]": done("flaky 3", 3), "train[2]": failed(3), "publish": LOST},
        state="failed",
    )
    assert (seen.told("alert")["stage"], seen.told("alert")["attempt"]) == ("train[2]", 3)


@contract("M1", "R1", "R3")
def test_a_timeout_of_an_item(run_case: RunCase) -> None:
    seen = run_case("combo_timeout_in_map")
    check(
        seen,
        {"train[0]": done("quick 1"), "train[1]": done("slow 2", 2), "publish": done(["quick 1", "slow 2"])},
    )
    first = seen.started("train[slow]")[0]
    (pid,) = (int(pid) for _, pid in seen.seen("train[slow]", "child")["pids"][1])
    assert seen.ended(pid) - first.monotonic <= 3.0 + 2.0 + 0.05


EVERYTHING: Trace = {
    "regions": done([
        {"name": "north", "days": [1, 2]}, {"name": "east", "days": [1]}, {"name": "west", "days": [1]},
        {"name": "x", "days": []},
    ]),
    "train[0]": done({"region": "north", "weight": 0.5}),
    "train[1]": failed(2),
    "train[2]": done({"region": "west", "weight": 0.5}, 2),
    "train[3]": done({"region": "x", "weight": 0.5}),
    "previous[0]": SKIPPED,
    "previous[1]": done({"region": "east", "weight": 0.25}),
    "previous[2]": SKIPPED,
    "previous[3]": SKIPPED,
    "attempt_on[0][0]": done(0.5),
    "attempt_on[0][1]": done(1.0),
    "attempt_on[1][0]": done(0.25),
    "attempt_on[2][0]": done(0.5),
    "worst[0]": done(0.5),
    "worst[1]": done(0.25),
    "worst[2]": done(0.5),
    "worst[3]": done(0.0),
    "go_live[0]": done("north 0.5"),
    "go_live[1]": SKIPPED,
    "go_live[2]": done("west 0.5"),
    "go_live[3]": SKIPPED,
    "hold_back[0]": SKIPPED,
    "hold_back[1]": done("east stays"),
    "hold_back[2]": SKIPPED,
    "hold_back[3]": done("x stays"),
    "note[0]": done("North 0.5"),
    "note[1]": done("East Stays"),
    "note[2]": done("West 0.5"),
    "note[3]": done("X Stays"),
    "count": done(2),
    "rebuild": done("rebuilt"),
    "leave": SKIPPED,
    "finish": done("rebuilt"),
}  # fmt: skip


@contract("C1", "C2", "C4", "F3", "M1", "M2", "M3", "M6", "R1")
def test_nested_maps_gates_and_a_fallback_leave_the_same_trace_everywhere(run_case: RunCase, run_here: RunCase) -> None:
    seen, here = run_case("combo_everything"), run_here("combo_everything")
    assert trace(seen) == trace(here)
    assert (seen.state, seen.degraded, seen.hook_errors) == (here.state, here.degraded, here.hook_errors)
    check(seen, EVERYTHING, degraded=True)
    # What the stages themselves saw: every argument, with its type, of every stage that noted one down.
    assert noted(seen) == noted(here)


@contract("C1", "C2", "C4", "F3", "M1", "M2", "M3", "M6", "R1")
def test_the_other_ways_of_the_same_gates(run_case: RunCase, run_here: RunCase) -> None:
    given = {"names": ["east", "west"], "least": 9.0}
    seen, here = run_case("combo_everything", **given), run_here("combo_everything", **given)
    assert trace(seen) == trace(here)
    assert noted(seen) == noted(here)
    assert (seen.state, seen.degraded) == (here.state, here.degraded) == ("success", True)
    assert seen.results["finish"] == "left alone"
    assert (seen.states["rebuild"], seen.results["count"]) == ("skipped", 0)


def noted(seen: Observed) -> list[tuple[str, str, str]]:
    """All that stages noted down, in an order that does not depend on who was first."""
    return sorted((event.stage, event.moment, repr(event.seen)) for event in seen.events)
