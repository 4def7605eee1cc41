"""C: what runs, what is skipped, and what a failure makes of either."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.cases.nasty import NASTY
from tests.contract.observed import Observed
from tests.contract.rules import contract

RunCase = Callable[..., Observed]


def marked(seen: Observed) -> list[str]:
    """The words that the case's `mark` stages noted, in the order of the alphabet."""
    return sorted(event.stage for event in seen.events)


@contract("C1")
def test_a_block_runs_if_its_predicate_holds(run_case: RunCase) -> None:
    seen = run_case("c1_when", number=3)
    assert seen.state == "success", seen.errors
    assert seen.states == dict.fromkeys(("measure", "inside", "deeper", "outside"), "success")
    assert (seen.seen("inside"), seen.seen("deeper")) == ({"value": ["int", "6"]}, {"value": ["int", "7"]})
    assert seen.results["deeper"] == 8


@contract("C1")
def test_a_block_is_skipped_otherwise_and_the_run_succeeds(run_case: RunCase) -> None:
    seen = run_case("c1_when", number=2)
    assert seen.state == "success", seen.errors
    assert seen.states == {"measure": "success", "inside": "skipped", "deeper": "skipped", "outside": "success"}
    assert {id: seen.attempts[id] for id in ("inside", "deeper")} == {"inside": 0, "deeper": 0}
    assert seen.started("inside") == seen.started("deeper") == []
    assert seen.seen("outside") == {"value": ["int", "4"]}
    assert set(seen.results) == {"measure", "outside"}


@contract("C1", "C2")
@pytest.mark.parametrize("is_dry", [True, False])
def test_a_parameter_alone_can_decide(run_case: RunCase, is_dry: bool) -> None:
    seen = run_case("c1_parameter", is_dry=is_dry)
    assert seen.state == "success", seen.errors
    taken, left = ("dry", "real") if is_dry else ("real", "dry")
    assert seen.states == {taken: "success", left: "skipped"}
    assert [event.stage for event in seen.events] == [taken]


@contract("C2", "C4")
@pytest.mark.parametrize(("number", "taken", "left", "value"), [(10, "big", "small", 100), (9, "small", "big", -91)])
def test_exactly_one_of_two_branches_runs_and_its_value_goes_on(
    run_case: RunCase, number: int, taken: str, left: str, value: int
) -> None:
    seen = run_case("c2_otherwise", number=number)
    assert seen.state == "success", seen.errors
    assert (seen.states[taken], seen.states[left]) == ("success", "skipped")
    assert (len(seen.started(taken)), seen.started(left)) == (1, [])
    assert seen.seen(taken) == {"value": ["int", str(number)]}
    assert seen.the(taken).monotonic <= seen.the("report").monotonic
    assert seen.seen("report") == {"chosen": ["int", str(value)]}
    assert seen.seen("archive") == {"reported": ["int", str(value)]}
    assert seen.attempts[left] == 0


@contract("C3")
def test_what_needs_a_skipped_stage_is_skipped(run_case: RunCase) -> None:
    seen = run_case("c3_consumers", go=False)
    assert seen.state == "success", seen.errors
    needing = ("inside", "takes_value", "far", "ordered")
    assert seen.states == {"source": "success", **dict.fromkeys(needing, "skipped"), "free": "success"}
    assert {id: seen.attempts[id] for id in needing} == dict.fromkeys(needing, 0)
    assert sorted(event.stage for event in seen.events) == ["free", "source"]


@contract("C3")
def test_what_needs_a_stage_of_a_branch_runs_after_it(run_case: RunCase) -> None:
    seen = run_case("c3_consumers", go=True)
    assert set(seen.states.values()) == {"success"}, seen.errors
    assert seen.seen("takes_value") == {"two": ["int", "2"]}
    assert max(seen.the("inside").monotonic, seen.the("takes_value").monotonic) <= seen.the("far").monotonic
    assert seen.the("inside").monotonic <= seen.the("ordered").monotonic


@contract("C3")
@pytest.mark.parametrize("go", [True, False])
def test_a_stage_may_need_one_of_a_branch_and_one_that_is_not(run_case: RunCase, go: bool) -> None:
    seen = run_case("c3_both", go=go)
    assert seen.state == "success", seen.errors
    assert seen.states["takes_both"] == ("success" if go else "skipped")
    assert len(seen.started("takes_both")) == go
    assert seen.states["source"] == "success"


@contract("C3", "F1")
@pytest.mark.parametrize("go", [True, False])
def test_a_failure_counts_for_more_than_a_skip(run_case: RunCase, go: bool) -> None:
    seen = run_case("c3_skipped_and_failed", go=go)
    assert seen.state == "failed"
    assert seen.states == {
        "inside": "success" if go else "skipped",
        "breaks": "failed",
        "takes_both": "upstream_failed",
        "after_it": "upstream_failed",
    }
    assert seen.started("takes_both") == seen.started("after_it") == []


@contract("C4")
@pytest.mark.parametrize(("mode", "share"), [("fast", 1.0), ("slow", 0.5), ("none", 0.0)])
def test_a_join_takes_the_one_of_several_that_ran(run_case: RunCase, mode: str, share: float) -> None:
    seen = run_case("c4_open", mode=mode)
    assert seen.state == "success", seen.errors
    assert {id for id in ("fast", "slow", "none") if seen.states[id] == "success"} == {mode}
    score = ["Score", {"name": ["str", repr(mode)], "share": ["float", repr(share)]}]
    assert seen.seen("report") == {"score": score, "share": ["float", repr(share)]}
    assert seen.states["after_it"] == "success"


@contract("C4", "C3")
def test_a_join_of_branches_that_did_not_run_is_skipped(run_case: RunCase) -> None:
    seen = run_case("c4_open", mode="another")
    assert seen.state == "success", seen.errors
    assert seen.states == {
        "choose": "success",
        **dict.fromkeys(("fast", "slow", "none", "report", "after_it"), "skipped"),
    }
    assert [event.stage for event in seen.events] == ["choose"]


@contract("C4", "F1")
@pytest.mark.parametrize(
    ("parameters", "ended", "chosen"),
    [
        pytest.param({"first": True, "second": True}, ("success", "success"), "one", id="both"),
        pytest.param({"first": False, "second": True}, ("skipped", "success"), "two", id="the second"),
        pytest.param({"first": True, "second": True, "broken": True}, ("success", "failed"), None, id="one fails"),
    ],
)
def test_of_branches_that_may_both_run_a_join_takes_the_first(
    run_case: RunCase, parameters: dict[str, bool], ended: tuple[str, str], chosen: str | None
) -> None:
    seen = run_case("c4_open_both", **parameters)
    assert (seen.states["one"], seen.states["two"]) == ended
    assert seen.states["report"] == ("success" if chosen else "upstream_failed")
    assert (seen.state, seen.results.get("report")) == ("success" if chosen else "failed", chosen)


@contract("C4", "A4")
@pytest.mark.parametrize(("fresh", "taken", "text"), [(True, "build", "built"), (False, "restore", "restored")])
def test_a_join_takes_the_artifact_that_was_written(run_case: RunCase, fresh: bool, taken: str, text: str) -> None:
    seen = run_case("c4_artifacts", fresh=fresh)
    assert seen.state == "success", seen.errors
    assert seen.seen("use") == {"text": ["str", repr(text)]}
    assert {id for id in ("build", "restore") if seen.states[id] == "success"} == {taken}
    assert {id for id in ("build", "restore") if seen.states[id] == "skipped"} == {"build", "restore"} - {taken}


@contract("C4", "F1")
def test_a_join_does_not_run_when_its_branch_has_failed(run_case: RunCase) -> None:
    seen = run_case("c4_failed_branch", take_high=True, broken=True)
    assert seen.state == "failed"
    assert seen.states == {
        "prepare": "failed",
        "high": "upstream_failed",
        "low": "skipped",
        "report": "upstream_failed",
    }
    assert [event.stage for event in seen.events] == ["prepare"]


@contract("C4")
def test_a_failure_in_a_branch_that_is_not_taken_cannot_happen(run_case: RunCase) -> None:
    seen = run_case("c4_failed_branch", take_high=False, broken=True)
    assert seen.state == "success", seen.errors
    assert seen.states == {"prepare": "skipped", "high": "skipped", "low": "success", "report": "success"}
    assert seen.seen("report") == {"chosen": ["int", "2"]}


@contract("C5")
@pytest.mark.parametrize(
    ("left", "right", "holding"),
    [
        pytest.param(9, 10.0, ["!=", "<", "<="], id="less"),
        pytest.param(10, 10.0, ["<=", "==", ">="], id="equal"),
        pytest.param(10, 9.5, ["!=", ">", ">="], id="more"),
    ],
)
def test_numbers_are_compared_as_numbers(run_case: RunCase, left: int, right: float, holding: list[str]) -> None:
    seen = run_case("c5_operators", left=left, right=right)
    assert seen.state == "success", seen.errors
    assert marked(seen) == holding, seen.states
    assert sorted(seen.states.values()) == ["skipped"] * (6 - len(holding)) + ["success"] * (2 + len(holding))


@contract("C5")
@pytest.mark.parametrize(
    ("number", "is_ready", "force", "holding"),
    [
        (3, True, False, ["not and", "or"]),
        (4, False, False, ["nested", "not and", "or"]),
        (4, True, False, ["and", "or"]),
        (3, False, True, ["nested"]),
        (6, False, False, ["not and", "or"]),
    ],
)
def test_predicates_are_combined(
    run_case: RunCase, number: int, is_ready: bool, force: bool, holding: list[str]
) -> None:
    seen = run_case("c5_logic", number=number, is_ready=is_ready, force=force)
    assert seen.state == "success", seen.errors
    assert marked(seen) == holding, seen.states


@contract("C5", "V2")
@pytest.mark.parametrize(
    ("word", "given", "holding"),
    [
        pytest.param("quotes", "quotes", ["in all", "in constants", "in results", "parameter", "quotes"], id="same"),
        pytest.param("kfp", "kfp", ["in all", "in results", "parameter"], id="placeholders"),
        pytest.param("empty", "jinja", ["in results"], id="other"),
    ],
)
def test_texts_are_compared_byte_for_byte(run_case: RunCase, word: str, given: str, holding: list[str]) -> None:
    seen = run_case("c5_texts", word=word, given=NASTY[given])
    assert seen.state == "success", seen.errors
    assert marked(seen) == holding, seen.states


@contract("C5", "V1")
@pytest.mark.parametrize(
    ("parameters", "holding"),
    [
        pytest.param(
            {"day": "2026-01-10", "best": 3}, ["best is 3", "earlier", "no note, but a best"], id="later, a best"
        ),
        pytest.param({"day": "2026-01-05", "note": "None"}, [], id="the same day, a note"),
    ],
)
def test_values_are_compared_as_what_they_are(
    run_case: RunCase, parameters: dict[str, Any], holding: list[str]
) -> None:
    seen = run_case("c5_types", **parameters)
    assert seen.state == "success", seen.errors
    always = ["beyond floats", "long", "not final", "one of the days", "the fifth", "the same instant"]
    assert marked(seen) == sorted([*always, *holding]), seen.states


@contract("C5", "D1")
@pytest.mark.parametrize(
    ("date", "taken"), [("2026-01-09", "before"), ("2026-01-10", "since"), ("2026-03-10", "before")]
)
def test_the_date_of_the_run_can_decide(run_case: RunCase, date: str, taken: str) -> None:
    seen = run_case("c5_run_date", date=date)
    assert seen.state == "success", seen.errors
    assert seen.states == {**dict.fromkeys(("before", "since"), "skipped"), taken: "success"}
    assert [event.stage for event in seen.events] == [taken]


@contract("C5", "C6")
def test_a_predicate_that_python_cannot_evaluate_fails_the_run(run_case: RunCase) -> None:
    seen = run_case("c5_undecidable")
    assert seen.state == "failed"
    lost = dict.fromkeys(("inside", "beside", "takes"), "upstream_failed")
    assert seen.states == {"anything": "success", **lost, "free": "success"}
    assert sorted(event.stage for event in seen.events) == ["anything", "free"]
    assert "'>' not supported between" in (seen.outcome.error or ""), seen.outcome.error


@contract("C6", "C4")
@pytest.mark.parametrize(
    ("number", "size", "ended"),
    [
        (40, "large", {"halve": "success", "large": "success", "medium": "skipped", "negative": "skipped"}),
        (12, "medium", {"halve": "success", "large": "skipped", "medium": "success", "negative": "skipped"}),
        (-1, "negative", {"halve": "skipped", "large": "skipped", "medium": "skipped", "negative": "success"}),
        (0, None, dict.fromkeys(("halve", "large", "medium", "negative"), "skipped")),
    ],
)
def test_conditions_nest(run_case: RunCase, number: int, size: str | None, ended: dict[str, str]) -> None:
    seen = run_case("c6_nested", number=number)
    assert seen.state == "success", seen.errors
    assert seen.states == {"measure": "success", **ended, "report": "success" if size else "skipped"}
    assert seen.results.get("report") == size
    assert len(seen.started("halve")) == (number > 10)


@contract("C6")
def test_a_failed_upstream_of_a_predicate_is_no_skip(run_case: RunCase) -> None:
    seen = run_case("c6_failed_source")
    assert seen.state == "failed"
    lost = ("needs_it", "inside", "deeper", "beside", "join")
    assert seen.states == {"breaks": "failed", **dict.fromkeys(lost, "upstream_failed"), "free": "success"}
    assert {id: seen.attempts[id] for id in lost} == dict.fromkeys(lost, 0)
    assert sorted(event.stage for event in seen.events) == ["breaks", "free"]


@contract("C6")
def test_a_failure_in_a_branch_reaches_the_branches_within(run_case: RunCase) -> None:
    seen = run_case("c6_failed_inside", go=True)
    assert seen.state == "failed"
    assert seen.states == {
        "first": "success",
        "breaks": "failed",
        "yes": "upstream_failed",
        "no": "upstream_failed",
        "other": "skipped",
    }


@contract("C6")
def test_a_branch_within_one_that_is_not_taken_is_skipped(run_case: RunCase) -> None:
    seen = run_case("c6_failed_inside", go=False)
    assert seen.state == "success", seen.errors
    assert seen.states == {**dict.fromkeys(("first", "breaks", "yes", "no"), "skipped"), "other": "success"}
    assert [event.stage for event in seen.events] == ["other"]


# Where it is seen on the spec only, the engine runs independent tasks in an order that it draws by lot.
@contract("C7", "G2", probe=False)
def test_waiting_for_a_predicate_holds_up_no_other_stage(run_case: RunCase) -> None:
    seen = run_case("c7_slow_predicate")
    assert seen.state == "success", seen.errors
    # The source of the predicate ends only when it has seen that the second of the independent stages has run.
    assert seen.the("second", "end").monotonic <= seen.the("slow", "end").monotonic
    assert seen.results["slow"] is True
    assert seen.states["inside"] == "success"
    assert seen.the("slow", "end").monotonic <= seen.the("inside").monotonic
