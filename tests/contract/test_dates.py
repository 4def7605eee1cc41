"""D and E: the run's date, schedules as the engine has loaded them, and where a command runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

from portable_pipeline.engines.verify import Verified
from tests.contract.cases.recording import described
from tests.contract.observed import Observed
from tests.contract.rules import contract

RunCase = Callable[..., Observed]
LoadCase = Callable[[str], Verified]

KIRITIMATI = timezone(timedelta(hours=14))


def instant_of(described_instant: list[str]) -> datetime:
    return datetime.fromisoformat(described_instant[1])


@contract("D1")
def test_a_date_that_was_given_is_the_run_date(run_case: RunCase) -> None:
    seen = run_case("d1_run_date", date="2024-02-29")
    assert seen.state == "success", seen.errors
    second = seen.seen("second")
    assert second["day"] == second["before"] == described(date(2024, 2, 29))
    assert instant_of(second["instant"]).date() == date(2024, 2, 29)
    assert instant_of(second["instant"]).utcoffset() == timedelta(0)


@contract("D1")
def test_an_instant_that_was_given_counts_in_the_schedules_zone(run_case: RunCase) -> None:
    seen = run_case("d1_run_date", date="2024-02-28T23:30:00-05:00")
    assert seen.state == "success", seen.errors
    assert seen.seen("second")["day"] == described(date(2024, 2, 29))
    assert instant_of(seen.seen("second")["instant"]) == datetime(2024, 2, 29, 4, 30, tzinfo=timezone.utc)


@contract("D1")
def test_a_run_by_hand_has_the_date_of_now(run_case: RunCase) -> None:
    before = datetime.now(timezone.utc)
    seen = run_case("d1_run_date")
    after = datetime.now(timezone.utc)
    assert seen.state == "success", seen.errors
    instant = instant_of(seen.seen("second")["instant"])
    assert before - timedelta(seconds=1) <= instant <= after
    assert seen.seen("second")["day"] == described(instant.date())


@contract("D1")
def test_all_stages_and_attempts_have_the_same_date(run_case: RunCase) -> None:
    seen = run_case("d1_run_date")
    attempts = [event.seen for event in seen.started("first")]
    assert len(attempts) == 2
    second = seen.seen("second")
    assert attempts == [{name: second[name] for name in ("day", "instant")}] * 2


@contract("D1", needs=("D2.zone",))
def test_the_date_of_now_is_that_of_the_schedules_zone(run_case: RunCase) -> None:
    before = datetime.now(KIRITIMATI)
    seen = run_case("d1_zone")
    after = datetime.now(KIRITIMATI)
    assert seen.state == "success", seen.errors
    instant = instant_of(seen.seen("take")["instant"])
    assert instant.utcoffset() == timedelta(hours=14)
    assert before - timedelta(seconds=1) <= instant <= after
    assert seen.seen("take")["day"] == described(instant.date())


@contract("D1", needs=("D2.zone",))
def test_an_instant_that_was_given_is_told_in_the_schedules_zone(run_case: RunCase) -> None:
    seen = run_case("d1_zone", date="2024-02-28T10:30:00+00:00")
    assert seen.state == "success", seen.errors
    assert seen.seen("take") == {
        "day": described(date(2024, 2, 29)),
        "instant": described(datetime(2024, 2, 29, 0, 30, tzinfo=KIRITIMATI)),
    }


@contract("D2")
def test_a_schedule_is_loaded_as_written(load_case: LoadCase) -> None:
    verified = load_case("d2_cron")
    assert "schedule" in verified.compared
    assert [each.message for each in verified.found] == []


@contract("D2.zone")
def test_a_schedule_keeps_its_zone(load_case: LoadCase) -> None:
    verified = load_case("d2_zone")
    assert "schedule" in verified.compared
    assert [each.message for each in verified.found] == []


@contract("D2.gap", needs=("D2.zone",))
def test_a_schedule_may_name_a_time_that_the_clock_skips(load_case: LoadCase) -> None:
    verified = load_case("d2_gap")
    assert "schedule" in verified.compared
    assert [each.message for each in verified.found] == []


@contract("E3.image")
def test_a_command_keeps_its_image(load_case: LoadCase) -> None:
    verified = load_case("e3_image")
    assert "images" in verified.compared
    assert [each.message for each in verified.found] == []
