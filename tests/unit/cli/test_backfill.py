"""A run for each fire time of a range, and only for those that need one."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from portable_pipeline.store import Project
from tests.unit.cli.conftest import Called
from tests.unit.cli.test_kept_runs import PPC

Ppc = Callable[..., Called]

NIGHTLY = '''
import os
import time
from datetime import date
from pathlib import Path

from portable_pipeline import cron, pipeline, run, stage


@stage(timeout="1m")
def count(day: date, n: int) -> str:
    """Fails on the third until it is mended; waits while it has to."""
    with Path("log.txt").open("a") as file:
        print(day, file=file)
    while Path("wait").exists():
        time.sleep(0.02)
    if day.day == 3 and not Path("mended").exists():
        raise ValueError("the third")
    return f"{day} {n}"


@pipeline(schedule=cron("0 2 * * 1-6", timezone="Europe/Berlin"))
def nightly(n: int = 1):
    """One stage."""
    count(run.date, n)
'''
RANGE = ("--from", "2026-01-01", "--to", "2026-01-05")


@pytest.fixture(autouse=True)
def nightly(own_place: Path) -> None:
    (own_place / "nightly.py").write_text(NIGHTLY, encoding="utf-8")


def ran() -> list[str]:
    log = Path("log.txt")
    found = log.read_text(encoding="utf-8").split() if log.exists() else []
    log.unlink(missing_ok=True)
    return found


def test_each_fire_time_has_its_run_the_oldest_first(ppc: Ppc) -> None:
    called = ppc("backfill", "nightly.py", *RANGE, "--output-format", "json")
    assert called.code == 1
    assert [(each["moment"], each["state"]) for each in json.loads(called.out)] == [
        ("2026-01-01T02:00:00+01:00", "success"),
        ("2026-01-02T02:00:00+01:00", "success"),
        ("2026-01-03T02:00:00+01:00", "failed"),
        ("2026-01-05T02:00:00+01:00", "success"),
    ]
    assert ran() == ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-05"]


def test_only_what_is_missing_runs(ppc: Ppc) -> None:
    ppc("backfill", "nightly.py", "--from", "2026-01-02", "--to", "2026-01-03")
    runs = {each.moment[:10]: each.id for each in Project(Path(".ppc")).runs()}
    ran()
    Path("mended").touch()
    dry = ppc("backfill", "nightly.py", *RANGE, "--dry-run").out
    assert dry.split("\n")[:4] == [
        "2026-01-01 02:00  run",
        "2026-01-02 02:00  done",
        "2026-01-03 02:00  resume",
        "2026-01-05 02:00  run",
    ]
    called = ppc("backfill", "nightly.py", *RANGE)
    assert called.code == 0, called.out
    assert f"2026-01-02 02:00  {runs['2026-01-02']}  success (before)\n" in called.out
    assert f"2026-01-03 02:00  {runs['2026-01-03']}  success\n" in called.out
    assert ran() == ["2026-01-01", "2026-01-03", "2026-01-05"]
    again = ppc("backfill", "nightly.py", *RANGE)
    assert (again.code, again.out.count("(before)"), ran()) == (0, 4, [])


def test_other_parameters_are_other_runs_and_force_runs_all(ppc: Ppc) -> None:
    day = ("--from", "2026-01-01", "--to", "2026-01-01")
    ppc("backfill", "nightly.py", *day)
    ppc("backfill", "nightly.py", *day, "-p", "n=2")
    assert len(ran()) == 2
    ppc("backfill", "nightly.py", *day, "-p", "n=2")
    assert ran() == []
    ppc("backfill", "nightly.py", *day, "-p", "n=2", "--force")
    assert ran() == ["2026-01-01"]
    assert sorted(each.parameters["n"] for each in Project(Path(".ppc")).runs()) == [1, 2, 2]


def test_at_most_so_many_run_at_once(ppc: Ppc) -> None:
    Path("mended").touch()
    Path("wait").touch()
    with subprocess.Popen([str(PPC), "backfill", "nightly.py", *RANGE, "--max-active-runs", "2"]) as process:
        _until(lambda: _lines() == 2)
        time.sleep(0.5)
        assert _lines() == 2
        Path("wait").unlink()
        assert process.wait(60) == 0
    assert sorted(ran()) == ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-05"]


def test_an_interrupted_backfill_goes_on(ppc: Ppc) -> None:
    Path("mended").touch()
    Path("wait").touch()
    with subprocess.Popen([str(PPC), "backfill", "nightly.py", *RANGE], stdout=subprocess.PIPE, text=True) as process:
        _until(lambda: _lines() == 1)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert [line.split()[-1] for line in out.splitlines()] == ["cancelled"] * 4
    Path("wait").unlink()
    ran()
    called = ppc("backfill", "nightly.py", *RANGE)
    assert (called.code, ran()) == (0, ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-05"])
    assert len(Project(Path(".ppc")).runs()) == 4


def test_what_cannot_be_backfilled_is_told(ppc: Ppc, sample: Path) -> None:
    none = ppc("backfill", str(sample), *RANGE)
    assert (none.code, "error[PPC490]: pipeline `sample` has no schedule" in none.err) == (1, True)
    backwards = ppc("backfill", "nightly.py", "--from", "2026-01-05", "--to", "2026-01-01")
    assert (backwards.code, "is before --from" in backwards.err) == (2, True)
    assert ppc("backfill", "nightly.py", "--from", "2026-01-04", "--to", "2026-01-04").out == (
        "no fire time in this range\n"
    )
    unknown = ppc("backfill", "nightly.py", *RANGE, "-p", "m=1")
    assert (unknown.code, ran(), Project(Path(".ppc")).runs()) == (1, [], [])


def _lines() -> int:
    log = Path("log.txt")
    return len(log.read_text(encoding="utf-8").split()) if log.exists() else 0


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
