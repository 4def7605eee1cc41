"""F: how far a failure reaches, and what it makes of the run."""

from __future__ import annotations

from collections.abc import Callable

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
