"""F3: stand-ins, from the primary's last attempt to the consumer that need not know."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.observed import Observed
from tests.contract.rules import contract

RunCase = Callable[..., Observed]


@contract("F3", needs=("F3.apart",))
@pytest.mark.parametrize("fails", [[], ["train once"]])
def test_a_primary_that_succeeds_needs_no_stand_in(run_case: RunCase, fails: list[str]) -> None:
    seen = run_case("f3_fallback", fails=fails)
    assert (seen.state, seen.degraded) == ("success", False), seen.errors
    assert seen.states["train"] == "success"
    assert (seen.states["previous"], seen.attempts["previous"], seen.started("previous")) == ("skipped", 0, [])
    assert seen.seen("serve") == {"model": ["int", "21"]}
    assert seen.states["announce"] == "success"


@contract("F3", needs=("F3.apart",))
def test_a_stand_in_runs_after_the_last_attempt_and_its_value_is_used(run_case: RunCase) -> None:
    seen = run_case("f3_fallback", fails=["train"])
    assert (seen.state, seen.degraded) == ("success", True), seen.errors
    assert seen.states == {
        "data": "success", "archive": "success", "train": "failed", "previous": "success", "serve": "success",
        "announce": "success",
    }  # fmt: skip
    assert (seen.attempts["train"], seen.attempts["previous"]) == (2, 1)
    assert seen.the("previous").monotonic > seen.noted("train", "end")[-1].monotonic
    assert seen.seen("serve") == {"model": ["int", "12"]}
    assert seen.results["previous"] == seen.results["serve"] == 12
    assert "train" not in seen.results


@contract("F3", needs=("F3.apart",))
def test_where_both_fail_the_run_has_failed(run_case: RunCase) -> None:
    seen = run_case("f3_fallback", fails=["train", "previous"])
    assert seen.state == "failed"
    assert (seen.states["train"], seen.states["previous"]) == ("failed", "failed")
    assert (seen.states["serve"], seen.states["announce"]) == ("upstream_failed", "upstream_failed")
    assert seen.started("serve") == seen.started("announce") == []


@contract("F3", needs=("F3.apart",))
def test_nothing_stands_in_for_a_primary_that_never_began(run_case: RunCase) -> None:
    seen = run_case("f3_fallback", fails=["data"])
    assert (seen.state, seen.degraded) == ("failed", False)
    without = ("train", "previous", "serve", "announce")
    assert {id: seen.states[id] for id in without} == dict.fromkeys(without, "upstream_failed")
    assert [seen.started(id) for id in without] == [[], [], [], []]
    assert seen.states["archive"] == "success"


@contract("F3", needs=("F3.apart",))
def test_a_stand_in_that_cannot_begin_saves_nothing(run_case: RunCase) -> None:
    seen = run_case("f3_fallback", fails=["train", "archive"])
    assert seen.state == "failed"
    without = ("previous", "serve", "announce")
    assert {id: seen.states[id] for id in without} == dict.fromkeys(without, "upstream_failed")
    assert seen.started("previous") == []


@contract("F3", "F3.apart")
def test_a_stand_in_that_was_not_needed_may_have_a_failed_upstream(run_case: RunCase) -> None:
    seen = run_case("f3_fallback", fails=["archive"])
    # The failed stage fails the run, whoever needed it; consumers of the primary do not.
    assert (seen.state, seen.degraded) == ("failed", False)
    assert (seen.states["train"], seen.states["previous"]) == ("success", "skipped")
    assert seen.seen("serve") == {"model": ["int", "21"]}


@contract("F3")
@pytest.mark.parametrize(("broken", "text", "name"), [(True, "the old model", "old"), (False, None, "new")])
def test_artifact_and_value_come_from_the_same_stage(
    run_case: RunCase, broken: bool, text: str | None, name: str
) -> None:
    seen = run_case("f3_artifacts", broken=broken)
    assert (seen.state, seen.degraded) == ("success", broken), seen.errors
    assert seen.seen("serve") == {"name": ["str", repr(name)]}
    assert seen.results["serve"] == (text or "half of a new model")


@contract("F3", needs=("R4",))
@pytest.mark.parametrize("how", ["killed", "exits", "hangs"])
def test_however_the_primary_has_failed(run_case: RunCase, how: str) -> None:
    check_saved(run_case("f3_dies", how=how), attempts=2)


@contract("F3", "R4")
def test_a_primary_that_gave_up(run_case: RunCase) -> None:
    check_saved(run_case("f3_dies", how="abort"), attempts=1)


def check_saved(seen: Observed, *, attempts: int) -> None:
    assert (seen.state, seen.degraded) == ("success", True), seen.errors
    assert seen.states == {"train": "failed", "previous": "success", "serve": "success"}
    assert seen.attempts == {"train": attempts, "previous": 1, "serve": 1}
    assert seen.results["serve"] == 2


@contract("F3", "M1")
@pytest.mark.parametrize("broken", [False, True])
def test_a_stand_in_from_which_nobody_takes_anything(run_case: RunCase, broken: bool) -> None:
    seen = run_case("f3_alone", broken=broken)
    assert (seen.state, seen.degraded) == ("success", broken), seen.errors
    first, other = ("failed", "success") if broken else ("success", "skipped")
    assert seen.states == {
        "announce": first, "shout": other, "announce_2[0]": first, "announce_2[1]": first, "shout_2[0]": other,
        "shout_2[1]": other,
    }  # fmt: skip
    assert [len(seen.started(id)) for id in ("announce", "shout", "a", "b")] == [1, broken, 1 + broken, 1 + broken]


@contract("F3", "X2", needs=("X1.failed",))
def test_a_run_that_was_saved_has_raised_the_alert_once(run_case: RunCase) -> None:
    seen = run_case("f3_never_silent", broken=False)
    assert (seen.state, seen.degraded) == ("success", True), seen.errors
    assert seen.calls == ["alert"]
    assert seen.told("alert")["stage"] == "train"
    assert seen.told("alert")["attempt"] == 2


@contract("F3", "X2", needs=("X1.failed",))
def test_a_run_that_could_not_be_saved_raises_both_alerts_and_its_own(run_case: RunCase) -> None:
    seen = run_case("f3_never_silent", broken=True)
    assert seen.state == "failed"
    assert seen.calls == ["alert", "alert", "run_failed"]
    assert sorted(each["stage"] for each in seen.called("alert")) == ["previous", "train"]


@contract("F3", "C1", "C4")
@pytest.mark.parametrize(
    ("wanted", "broken", "states", "model"),
    [
        (True, False, ("success", "skipped", "skipped"), "new"),
        (True, True, ("failed", "success", "skipped"), "old"),
        (False, True, ("skipped", "skipped", "success"), "none"),
    ],
)
def test_a_stand_in_in_a_branch(
    run_case: RunCase, wanted: bool, broken: bool, states: tuple[str, ...], model: str
) -> None:
    seen = run_case("f3_in_a_branch", wanted=wanted, broken=broken)
    assert (seen.state, seen.degraded) == ("success", wanted and broken), seen.errors
    assert (seen.states["train"], seen.states["previous"], seen.states["nothing"]) == states
    assert seen.results["serve"] == model
