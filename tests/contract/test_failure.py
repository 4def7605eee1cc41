"""F: how far a failure reaches, and what it makes of the run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.observed import Observed
from tests.contract.rules import contract

RunCase = Callable[..., Observed]


@contract("F1")
def test_all_that_needs_a_failed_stage_never_starts(run_case: RunCase) -> None:
    seen = run_case("f1_transitive")
    needing = ("needs_data", "needs_order", "far")
    assert {id: seen.states[id] for id in needing} == dict.fromkeys(needing, "upstream_failed")
    assert {id: seen.attempts[id] for id in needing} == dict.fromkeys(needing, 0)
    assert [seen.started(id) for id in needing] == [[], [], []]
    assert seen.states["breaks"] == "failed"


@contract("F2")
def test_one_failed_stage_fails_the_run(run_case: RunCase) -> None:
    seen = run_case("f2_run_state", broken=True)
    assert seen.state == "failed"
    assert seen.states["sometimes"] == "failed"
    assert seen.states["root_stage"] == "success"


@contract("F2")
def test_failed_attempts_alone_do_not_fail_the_run(run_case: RunCase) -> None:
    seen = run_case("f2_run_state", broken=False)
    assert seen.state == "success", seen.errors
    assert seen.states == dict.fromkeys(("root_stage", "sometimes", "last"), "success")
    assert len(seen.started("sometimes")) == 2


LOST = ("takes_further", "ordered", "report")


@contract("F1.loop", "F2", "C6")
def test_a_loop_that_is_skipped_hides_no_failure(run_case: RunCase) -> None:
    seen = run_case("f1_skipped_loop", go=False)
    assert seen.state == "failed"
    states = seen.states
    # Which of the two the loop's own stages are is told by the tables: nothing can see a difference.
    assert {states.pop(id) for id in ("alone", "needing", "further")} <= {"skipped", "upstream_failed"}
    assert states == {
        "breaks": "failed",
        "spare": "success",
        "takes_alone": "skipped",
        **dict.fromkeys(LOST, "upstream_failed"),
    }
    assert sorted(event.stage for event in seen.events) == ["breaks", "spare"]


@contract("F1.loop", "C3")
def test_a_loop_that_is_skipped_is_no_failure(run_case: RunCase) -> None:
    seen = run_case("f1_skipped_loop", go=False, is_broken=False)
    assert seen.state == "success", seen.errors
    skipped = ("alone", "needing", "further", "takes_alone", "takes_further", "ordered")
    ran = dict.fromkeys(("breaks", "spare", "report"), "success")
    assert seen.states == ran | dict.fromkeys(skipped, "skipped")
    assert seen.results["report"] == 0


@contract("F1.loop", "F2")
def test_a_skipped_loop_hides_no_failure_where_nothing_comes_after_it(run_case: RunCase) -> None:
    seen = run_case("f1_last_loop")
    assert seen.state == "failed"
    states = seen.states
    assert {states.pop(id) for id in ("needing", "needing_all")} <= {"skipped", "upstream_failed"}
    assert states == {"breaks": "failed", "each[0]": "success", "each[1]": "failed"}


@contract("F1.loop", "M3")
@pytest.mark.parametrize(("is_broken", "ended"), [(True, "upstream_failed"), (False, "success")])
def test_what_collects_from_an_empty_loop_needs_what_its_stages_need(
    run_case: RunCase, is_broken: bool, ended: str
) -> None:
    seen = run_case("f1_empty_loop", items=[], is_broken=is_broken)
    assert seen.state == ("failed" if is_broken else "success"), seen.errors
    assert seen.states == {
        "breaks": "failed" if is_broken else "success",
        "takes_alone": "success",
        "takes_further": ended,
    }
    assert len(seen.started("takes_further")) == (not is_broken)


@contract("F1.loop", "M6")
def test_so_it_is_in_a_loop(run_case: RunCase) -> None:
    seen = run_case("f1_nested_loop", counts=[1, 0], good=1)
    assert seen.state == "failed"
    assert seen.states == {
        "make[0]": "success",
        "make[1]": "failed",
        "needing[0][0]": "success",
        "sum_up[0]": "success",
        "sum_up[1]": "upstream_failed",
        "take": "upstream_failed",
        "count": "success",
    }
