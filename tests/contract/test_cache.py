"""K: what has been done with the same code, inputs and environment is not done again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contract.cases.recording import tree
from tests.contract.cases_run import CaseRunner
from tests.contract.observed import Observed
from tests.contract.rules import contract

RunCase = Callable[..., Observed]
STAGES = ("write", "count", "read")


@pytest.fixture
def root(runner: CaseRunner) -> Path:
    """The folder under which all runs of this test put their artifacts."""
    return runner.root


def ran(seen: Observed) -> list[str]:
    """Stages whose attempts have started, all runs of which have succeeded."""
    assert seen.states == dict.fromkeys(STAGES, "success"), seen.errors
    return [stage for stage in STAGES for _ in seen.started(stage)]


@contract("K1")
def test_the_same_is_not_done_again(run_case: RunCase, root: Path) -> None:
    first = run_case("k1_cache", text="north", times=2, date="2026-01-05")
    again = run_case("k1_cache", text="north", times=2, date="2026-01-06")
    assert (ran(first), ran(again)) == (["write", "count", "read"], ["read"])
    assert again.results == first.results == {"write": 5, "count": 10, "read": "north 10"}
    assert again.attempts == {"write": 0, "count": 0, "read": 1}
    assert tree(str(root)) == {"2026-01-05/table.txt": "north", "2026-01-06/table.txt": "north"}


@contract("K1")
def test_what_has_changed_is_done_again(run_case: RunCase, root: Path) -> None:
    run_case("k1_cache", text="south", times=2, date="2026-01-05")
    assert ran(run_case("k1_cache", text="south", times=3, date="2026-01-05")) == ["count", "read"]
    assert ran(run_case("k1_cache", text="souths", times=3, date="2026-01-05")) == ["write", "count", "read"]
    (root / "2026-01-05" / "table.txt").write_text("by hand", encoding="utf-8")
    seen = run_case("k1_cache", text="souths", times=3, date="2026-01-05")
    assert ran(seen) == ["write", "read"]
    assert seen.results["read"] == "souths 18"
