"""A clock that jumps back, between two sessions of a run and in the middle of one: what is kept stays in order."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.robustness.place import Place

#: `ppc` with a clock that is days off, and that goes back by a minute each time it is asked.
OFF = """
import sys, time
from itertools import count
real, asked, days = time.time, count(), float(sys.argv[1])
time.time = lambda: real() + 86400 * days - 60 * next(asked)
from portable_pipeline.cli import main
main(sys.argv[2:])
"""


def call(place: Place, days: float, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", OFF, str(days), *arguments],
        cwd=place.folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, "failing.py")


def test_a_run_that_goes_on_before_it_began(place: Place) -> None:
    first = call(place, 0, "run", "failing.py", "--output-format", "json")
    assert first.returncode == 1, first.stderr
    outcome = json.loads(first.stdout)
    assert [(each["id"], each["state"], each["attempts"]) for each in outcome["stages"]] == [
        ("first", "success", 1),
        ("second", "failed", 2),
    ]
    place.path("mended").touch()
    resumed = call(place, -30, "resume", outcome["run_id"], "--output-format", "json")
    assert resumed.returncode == 0, resumed.stderr
    shown = json.loads(place.ppc("show", outcome["run_id"], "--output-format", "json").out)
    assert (shown["state"], shown["sessions"]) == ("success", 2)
    first_stage, second = shown["stages"]
    assert [each["state"] for each in first_stage["attempts"]] == ["success"]
    assert [(each["number"], each["session"], each["state"]) for each in second["attempts"]] == [
        (1, 1, "failed"),
        (2, 1, "failed"),
        (3, 2, "success"),
    ]
    # Nothing took less than no time.
    text = place.ppc("show", outcome["run_id"])
    assert (text.code, "-" in text.out.split("took ")[1].split("s")[0]) == (0, False)
    logs = call(place, -60, "show", outcome["run_id"], "--logs", "second").stdout
    assert [line for line in logs.splitlines() if line.startswith("---")] == [
        "--- second, attempt 1: failed",
        "--- second, attempt 2: failed",
        "--- second, attempt 3: success",
    ]
    assert place.ppc("report", outcome["run_id"], "-o", "run.html").code == 0


def test_runs_of_the_future_are_listed_and_kept(place: Place) -> None:
    place.path("mended").touch()
    for days in (400, 0, -400):
        assert call(place, days, "run", "failing.py").returncode == 0
    listed = json.loads(place.ppc("runs", "--output-format", "json").out)
    created = [each["created"] for each in listed]
    assert created == sorted(created, reverse=True)
    assert len(listed) == 3
    removed = place.ppc("gc", "--days", "30").out.splitlines()
    assert [line.split()[:2] for line in removed] == [["removed", listed[2]["run_id"]]]
