"""X: hooks are called exactly once, know what happened, and change nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.contract.observed import Observed
from tests.contract.rules import contract

RunCase = Callable[..., Observed]


def last_end(seen: Observed) -> float:
    """When the last thing happened that a stage noted down."""
    return max((event.monotonic for event in seen.events if event.moment != "called"), default=0.0)


@contract("X1", needs=("X1.failed",))
@pytest.mark.parametrize(
    ("given", "state", "work"),
    [({}, "success", "success"), ({"broken": True}, "failed", "failed"), ({"go": False}, "success", "skipped")],
    ids=["success", "failure", "nothing to do"],
)
def test_the_exit_hook_is_called_once_after_everything_else(
    run_case: RunCase, given: dict[str, bool], state: str, work: str
) -> None:
    seen = run_case("x1_exit", **given)
    assert (seen.state, seen.states["work"]) == (state, work), seen.errors
    assert seen.calls == ["sign_off"]
    told = seen.told("sign_off")
    assert (told["pipeline"], told["run_id"], told["state"]) == ("x1_exit", seen.outcome.run_id, state)
    assert seen.the("sign_off", "called").monotonic > last_end(seen)
    assert seen.hook_errors == ()


@contract("X1", "R6", needs=("X1.failed",))
def test_the_exit_hook_is_called_when_the_time_of_the_run_is_up(run_case: RunCase) -> None:
    seen = run_case("x1_timeout")
    assert (seen.state, seen.states) == ("failed", {"endless": "failed", "never": "cancelled"})
    assert seen.calls == ["sign_off"]
    assert seen.told("sign_off")["state"] == "failed"
    assert seen.noted("endless", "end") == []


@contract("X2.timeout", needs=("R6",))
def test_a_stage_that_the_end_of_the_run_ends_raises_its_alert(run_case: RunCase) -> None:
    seen = run_case("x2_timeout")
    assert (seen.state, seen.states) == ("failed", {"endless": "failed", "never": "cancelled"}), seen.errors
    assert seen.calls == ["alert"]
    assert (seen.told("alert")["stage"], seen.told("alert")["attempt"]) == ("endless", 1)


@contract("X1.failed")
def test_the_exit_hook_knows_the_stages_that_have_failed(run_case: RunCase) -> None:
    check_failed(run_case("x1_failed", broken=True), ["breaks", "breaks_too"])


@contract("X1", needs=("X1.failed",))
def test_the_exit_hook_knows_that_none_has_failed(run_case: RunCase) -> None:
    check_failed(run_case("x1_failed", broken=False), [])


def check_failed(seen: Observed, failed: list[str]) -> None:
    assert seen.attempts["flaky"] == 2, seen.errors
    assert seen.calls == ["sign_off"]
    told = seen.told("sign_off")
    assert (sorted(told["failed"]), told["degraded"]) == (failed, False)


@contract("X1.failed", "F3", "M1")
@pytest.mark.parametrize(
    ("fails", "state", "degraded", "failed"),
    [
        (["b"], "success", True, ["train[1]"]),
        (["a", "b", "old a"], "failed", True, ["previous[0]", "train[0]", "train[1]"]),
    ],
)
def test_the_exit_hook_knows_that_the_run_is_degraded(
    run_case: RunCase, fails: list[str], state: str, degraded: bool, failed: list[str]
) -> None:
    seen = run_case("x1_degraded", fails=fails)
    assert (seen.state, seen.degraded) == (state, degraded), seen.errors
    assert seen.calls == ["sign_off"]
    told = seen.told("sign_off")
    assert (told["state"], told["degraded"], sorted(told["failed"])) == (state, degraded, failed)


@contract("X2", needs=("R4",))
@pytest.mark.parametrize(
    ("how", "error"), [("fails", "attempt 2: {{ no }} `luck`\nat all"), ("killed", ""), ("hangs", "time")]
)
def test_the_hook_of_a_stage_is_called_once_after_the_last_attempt(run_case: RunCase, how: str, error: str) -> None:
    check_alert(run_case("x2_stage", how=how), attempt=2, error=error)


@contract("X2", "R4")
def test_the_hook_of_a_stage_is_called_once_after_it_gave_up(run_case: RunCase) -> None:
    check_alert(run_case("x2_stage", how="abort"), attempt=1, error="it is no use")


def check_alert(seen: Observed, *, attempt: int, error: str) -> None:
    assert (seen.state, seen.states) == ("failed", {"work": "failed", "take": "upstream_failed"})
    assert seen.calls == ["alert"]
    told = seen.told("alert")
    assert (told["pipeline"], told["run_id"]) == ("x2_stage", seen.outcome.run_id)
    assert (told["stage"], told["attempt"]) == ("work", attempt)
    assert told["error"]
    assert error in told["error"].lower()
    assert seen.the("alert", "called").monotonic > seen.noted("work", "end")[-1].monotonic


@contract("X2", needs=("R4",))
@pytest.mark.parametrize(("how", "attempts"), [("succeeds", 1), ("fails once", 2)])
def test_a_stage_that_succeeded_at_last_raises_no_alert(run_case: RunCase, how: str, attempts: int) -> None:
    seen = run_case("x2_stage", how=how)
    assert (seen.state, seen.attempts) == ("success", {"work": attempts, "take": 1}), seen.errors
    assert seen.calls == []


@contract("X2", needs=("X1.failed",))
@pytest.mark.parametrize("broken", [True, False])
def test_the_hook_of_the_run_is_called_once_if_it_has_failed(run_case: RunCase, broken: bool) -> None:
    seen = run_case("x2_run", broken=broken)
    assert seen.attempts == {"work": 2, "other": 1, "slow": 1}
    assert seen.calls == (["run_failed"] if broken else [])
    if broken:
        told = seen.told("run_failed")
        assert (told["pipeline"], told["run_id"], told["state"]) == ("x2_run", seen.outcome.run_id, "failed")
        assert seen.the("run_failed", "called").monotonic > seen.the("slow", "end").monotonic


@contract("X1", "X2", needs=("X1.failed",))
def test_each_hook_once_the_exit_hook_last(run_case: RunCase) -> None:
    seen = run_case("x2_both")
    assert seen.states == {"left": "failed", "right": "failed", "after": "upstream_failed"}
    assert seen.calls == ["alert", "alert", "run_failed", "sign_off"]
    alerts = {each["stage"]: each["error"] for each in seen.called("alert")}
    assert alerts.keys() == {"left", "right"}
    assert all(f"no {stage}" in error for stage, error in alerts.items())
    assert {each["run_id"] for name in set(seen.calls) for each in seen.called(name)} == {seen.outcome.run_id}


@contract("X2", "M4")
def test_in_a_loop_each_failed_item_raises_its_alert(run_case: RunCase) -> None:
    seen = run_case("x2_loop", items=["good", "bad one", "flaky", "bad two"])
    assert seen.state == "failed"
    assert [seen.states[f"train[{index}]"] for index in range(4)] == ["success", "failed", "success", "failed"]
    assert seen.attempts["train[2]"] == 2
    told = {each["stage"]: (each["attempt"], each["error"]) for each in seen.called("alert")}
    assert seen.calls == ["alert", "alert"]
    assert told.keys() == {"train[1]", "train[3]"}
    assert told["train[1]"][0] == told["train[3]"][0] == 2
    assert "no luck with bad one" in told["train[1]"][1]
    assert "no luck with bad two" in told["train[3]"][1]


@contract("X1", "X2", needs=("X1.failed",))
def test_hooks_may_live_in_modules_of_their_own(run_case: RunCase) -> None:
    seen = run_case("x2_apart")
    assert seen.calls == ["alert", "sign_off"], seen.hook_errors
    assert (seen.told("alert")["stage"], seen.told("sign_off")["state"]) == ("work", "failed")
    assert seen.hook_errors == ()


@contract("X2")
def test_code_may_make_events_without_any_hook(run_case: RunCase) -> None:
    seen = run_case("x2_words")
    assert seen.state == "success", seen.errors
    assert seen.the("take", "start").seen["said"] == ["str", "'work: no luck'"]


@contract("X1", "X2", "X3", needs=("X1.failed",))
@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("plain", "ConnectionError: no network"),
        ("sys.exit", "SystemExit: no way out"),
        ("exit at once", "its process exited with code 3"),
    ],
)
def test_hooks_that_fail_change_nothing_and_are_reported(run_case: RunCase, how: str, reason: str) -> None:
    seen = run_case("x3_broken", how=how)
    assert seen.state == "failed"
    assert seen.states == {"prepare": "failed", "take": "upstream_failed", "other": "success"}
    assert seen.attempts == {"prepare": 1, "take": 0, "other": 1}
    assert seen.calls == ["alert", "run_failed", "sign_off"]
    of_stage, *of_run = seen.hook_errors
    assert of_stage == f"on_failure of prepare failed: {reason}"
    assert of_run == ["on_failure failed: ConnectionError: no network", "on_exit failed: ConnectionError: no network"]


@contract("X1", "X2", "X3", needs=("X1.failed",))
def test_a_hook_that_hangs_is_ended_when_its_time_is_up(run_case: RunCase) -> None:
    began = time.monotonic()
    seen = run_case("x3_hangs")
    assert time.monotonic() - began < 200
    assert (seen.state, seen.states) == ("failed", {"work": "failed"})
    assert seen.calls == ["alert", "run_failed", "sign_off"]
    assert seen.hook_errors == (
        "on_failure of work failed: timed out after 0:00:02",
        "on_failure failed: timed out after 0:00:01.500000",
        "on_exit failed: timed out after 0:00:03",
    )


@contract("X1", "X3", needs=("X1.failed",))
def test_a_good_run_whose_hook_fails_is_a_good_run(run_case: RunCase) -> None:
    seen = run_case("x3_broken")
    assert seen.state == "success", seen.errors
    assert seen.states == {"prepare": "success", "take": "success", "other": "success"}
    assert seen.calls == ["sign_off"]
    assert seen.hook_errors == ("on_exit failed: ConnectionError: no network",)
