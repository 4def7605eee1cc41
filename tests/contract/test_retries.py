"""R: attempts, the waits between them, and the many ways in which an attempt can end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.observed import Observed
from tests.contract.rules import contract

RunCase = Callable[..., Observed]

#: What R3 grants after the expiry.
GONE_WITHIN_SECONDS = 2.0
#: An attempt's own first event comes a moment after it was started, so the expiry seems that much earlier to it.
CLOCK_SECONDS = 0.05


def waits(seen: Observed, stage: str) -> list[float]:
    """From the end of each attempt to the start of the next."""
    ends, starts = seen.noted(stage, "end"), seen.started(stage)
    return [start.monotonic - end.monotonic for end, start in zip(ends, starts[1:], strict=False)]


def child_pids(seen: Observed, stage: str) -> list[int]:
    return [int(pid) for _, pid in seen.seen(stage, "child")["pids"][1]]


@contract("R1")
def test_the_first_success_ends_it(run_case: RunCase) -> None:
    seen = run_case("r1_retries", failures=2)
    assert seen.state == "success", seen.errors
    assert seen.attempts["flaky"] == len(seen.started("flaky")) == 3
    assert seen.seen("take")["attempt"] == ["int", "3"]


@contract("R1")
def test_there_are_at_most_retries_and_one_attempts(run_case: RunCase) -> None:
    seen = run_case("r1_retries", failures=99)
    assert seen.states == {"flaky": "failed", "take": "upstream_failed"}
    assert seen.attempts["flaky"] == len(seen.started("flaky")) == 4
    assert "attempt 4 fails" in (seen.stage("flaky").error or "")


@contract("R1")
def test_attempts_follow_each_other_in_processes_of_their_own(run_case: RunCase) -> None:
    seen = run_case("r1_retries", failures=3)
    assert all(wait >= 0 for wait in waits(seen, "flaky"))
    assert len({event.pid for event in seen.started("flaky")}) == 4


@contract("R1")
def test_without_retries_there_is_one_attempt(run_case: RunCase) -> None:
    seen = run_case("r1_no_retries")
    assert (seen.states, seen.state) == ({"breaks": "failed"}, "failed")
    assert seen.attempts["breaks"] == len(seen.started("breaks")) == 1
    assert "no second attempt" in (seen.stage("breaks").error or "")


@contract("R2")
def test_waits_grow_up_to_the_cap(run_case: RunCase) -> None:
    seen = run_case("r2_waits")
    assert seen.state == "success", seen.errors
    found = waits(seen, "flaky")
    assert [wait >= least for wait, least in zip(found, (1.0, 2.0, 2.0), strict=True)] == [True] * 3, found
    # Uncapped, the second wait would be 10 s: what an engine adds itself is far less.
    assert max(found) < 10.0


@contract("R2.jitter")
def test_jitter_only_adds(run_case: RunCase) -> None:
    seen = run_case("r2_jitter")
    assert seen.state == "success", seen.errors
    found = waits(seen, "flaky")
    assert len(found) == 5
    assert min(found) >= 4, found
    # Up to four seconds were added at random; of whole seconds, the same five times once in 625 runs.
    assert max(found) - min(found) > 0.05, found


@contract("R3")
def test_an_attempt_that_blocks_in_c_is_gone_with_its_children(run_case: RunCase) -> None:
    seen = run_case("r3_blocks_in_c")
    assert seen.state == "success", seen.errors
    assert seen.attempts["stuck"] == 2
    assert seen.seen("take")["attempt"] == ["int", "2"]
    first = seen.started("stuck")[0]
    for pid in child_pids(seen, "stuck"):
        assert seen.ended(pid) - first.monotonic <= 3.0 + GONE_WITHIN_SECONDS + CLOCK_SECONDS
    # The next attempt had the machine for itself.
    assert seen.started("stuck")[1].monotonic - first.monotonic >= 3.0 - 1.0


@contract("R3")
def test_an_attempt_that_spins_is_gone(run_case: RunCase) -> None:
    seen = run_case("r3_spins")
    assert seen.states == {"deaf": "failed", "take": "upstream_failed"}
    assert seen.started("take") == []
    (pid,) = child_pids(seen, "deaf")
    assert seen.ended(pid) - seen.the("deaf").monotonic <= 2.0 + GONE_WITHIN_SECONDS + CLOCK_SECONDS


@contract("R3")
def test_a_timeout_is_reported_as_one(run_case: RunCase) -> None:
    seen = run_case("r3_spins")
    error = (seen.stage("deaf").error or "").lower()
    assert "timeout" in error or "timed out" in error, error


@contract("R3", probe=False)
def test_a_timeout_bounds_each_attempt_and_not_their_sum(run_case: RunCase) -> None:
    seen = run_case("r3_in_time")
    assert seen.state == "success", seen.errors
    assert seen.attempts["slow"] == 2


@contract("R4")
def test_abort_ends_it_though_retries_are_left(run_case: RunCase) -> None:
    seen = run_case("r4_abort")
    assert seen.states == {"refuse": "failed", "take": "upstream_failed"}
    assert seen.attempts["refuse"] == len(seen.started("refuse")) == 1
    assert "trying again will not fill it" in (seen.stage("refuse").error or "")


@contract("R5")
@pytest.mark.parametrize("how", ["exit 3", "exit 0", "sys.exit", "kill", "segfault"])
def test_an_attempt_that_dies_is_tried_again(run_case: RunCase, how: str) -> None:
    seen = run_case("r5_dies", how=how)
    assert seen.state == "success", seen.errors
    assert seen.attempts["fragile"] == len(seen.started("fragile")) == 2
    assert seen.seen("take")["attempt"] == ["int", "2"]


@contract("R5")
def test_a_stage_whose_attempts_all_die_has_failed(run_case: RunCase) -> None:
    seen = run_case("r5_dies_for_good")
    assert seen.states == {"killed": "failed", "take": "upstream_failed"}
    assert seen.state == "failed"
    assert seen.attempts["killed"] == len(seen.started("killed")) == 2


@contract("R6")
def test_a_pipeline_timeout_ends_the_run(run_case: RunCase) -> None:
    seen = run_case("r6_pipeline_timeout")
    assert seen.state == "failed"
    # What was running has failed; what waited, for its turn or for another attempt, is cancelled.
    assert seen.states == {"again": "cancelled", "quick": "success", "endless": "failed", "never": "cancelled"}
    assert seen.started("never") == []
    assert len(seen.started("again")) == 1
    (pid,) = child_pids(seen, "endless")
    assert seen.ended(pid)
    assert seen.noted("endless", "end") == []
