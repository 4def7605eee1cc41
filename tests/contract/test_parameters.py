"""P: parameters are typed, have defaults, can be given for each run, and are refused before anything starts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.contract.cases.recording import described
from tests.contract.observed import Observed
from tests.contract.rules import contract

RunCase = Callable[..., Observed]

BERLIN_WINTER = timezone(timedelta(hours=1))
DEFAULTS: dict[str, Any] = {
    "ratio": 1.0,
    "text": "",
    "flag": True,
    "day": date(2026, 1, 5),
    "instant": datetime(2026, 1, 5, 12, 30, tzinfo=BERLIN_WINTER),
    "span": timedelta(minutes=90),
    "names": ["a", "b"],
    "weights": {"a": 1.0},
    "days": [date(2026, 1, 1)],
    "mode": "fast",
    "maybe": None,
}


def arrived(**values: Any) -> dict[str, Any]:
    return {name: described(value) for name, value in values.items()}


@contract("P1", "P3")
def test_defaults_arrive_typed(run_case: RunCase) -> None:
    seen = run_case("p1_parameters", count=3)
    assert seen.state == "success", seen.errors
    assert seen.seen("take") == arrived(count=3, **DEFAULTS)


@contract("P1", "P3")
def test_overrides_arrive_typed(run_case: RunCase) -> None:
    seen = run_case(
        "p1_parameters",
        count=-(2**53 - 1),
        ratio=2,
        text="true",
        flag=False,
        day="2024-02-29",
        instant="2026-07-01T00:00:00+02:00",
        span=0.5,
        names=[],
        weights={"1": 0.1, "": 2},
        days=["2026-12-31", "2027-01-01"],
        mode="slow",
        maybe=7,
    )
    assert seen.state == "success", seen.errors
    assert seen.seen("take") == arrived(
        count=-(2**53 - 1),
        ratio=2.0,
        text="true",
        flag=False,
        day=date(2024, 2, 29),
        instant=datetime(2026, 7, 1, tzinfo=timezone(timedelta(hours=2))),
        span=timedelta(milliseconds=500),
        names=[],
        weights={"1": 0.1, "": 2.0},
        days=[date(2026, 12, 31), date(2027, 1, 1)],
        mode="slow",
        maybe=7,
    )


@contract("P3")
def test_a_number_that_cannot_travel_is_refused_and_never_changed(run_case: RunCase) -> None:
    count = 2**53 + 1
    seen = run_case("p1_parameters", count=count)
    if seen.state == "success":
        assert seen.seen("take") == arrived(count=count, **DEFAULTS)
    else:
        assert seen.events == []
        assert "count" in (seen.outcome.error or "")


@contract("P1")
def test_each_run_has_its_own_overrides(run_case: RunCase) -> None:
    first = run_case("p1_parameters", count=1, text="one")
    second = run_case("p1_parameters", count=2)
    assert first.seen("take") == arrived(count=1, **{**DEFAULTS, "text": "one"})
    assert second.seen("take") == arrived(count=2, **DEFAULTS)


@contract("P1")
def test_no_name_is_taken_by_the_generated_code(run_case: RunCase) -> None:
    seen = run_case("p1_awkward_names", datetime="today", params=[1, 2])
    assert seen.states == dict.fromkeys(("task", "flow", "attempt", "dag", "dsl"), "success"), seen.errors
    assert seen.seen("task") == arrived(date="today", params=[1, 2], timedelta=0.5)
    assert seen.seen("flow") == arrived(run={"result": 3}, result=3, inputs="json")
    assert seen.seen("attempt") == arrived(stage="id", outputs="json", uri="json", path=7)
    assert seen.seen("dag") == arrived(int=7, list=["a"], function="json")
    assert seen.seen("dsl") == arrived(value=7, type="today", json="json")


@contract("P2")
@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        pytest.param("count", {}, id="missing"),
        pytest.param("count", {"count": "three"}, id="text for int"),
        pytest.param("count", {"count": 1.5}, id="float for int"),
        pytest.param("count", {"count": None}, id="null for int"),
        pytest.param("day", {"count": 1, "day": "2026-02-30"}, id="no such date"),
        pytest.param("mode", {"count": 1, "mode": "medium"}, id="no such choice"),
        pytest.param("share", {"count": 1, "share": 1.0}, id="out of bounds"),
        pytest.param("names", {"count": 1, "names": ["a", 2]}, id="wrong item"),
    ],
)
def test_a_bad_parameter_is_refused_before_anything_starts(
    run_case: RunCase, name: str, parameters: dict[str, Any]
) -> None:
    seen = run_case("p2_refused", **parameters)
    assert seen.state == "failed"
    assert seen.events == []
    assert set(seen.attempts.values()) == {0}
    assert name in (seen.outcome.error or "")
