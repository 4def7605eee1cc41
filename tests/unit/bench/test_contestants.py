"""That what `make bench` times does its work. How fast is no test; the peers are not installed here."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[3] / "bench"


def measured(folder: Path, module: str, variant: str, *shapes: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "runners.measure", module, variant, str(folder), *shapes]
    environment = {**os.environ, "PYTHONPATH": str(BENCH)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("module", "variant"), [("ours", "api"), ("ours", "command"), ("floor", "pool")])
def test_both_shapes_run(tmp_path: Path, module: str, variant: str) -> None:
    done = measured(tmp_path, module, variant, "chain:2", "fan:3")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["runs"].keys() == {"chain:2", "fan:3"}
    assert all(0 < run["seconds"] < told["setup_seconds"] + 60 for run in told["runs"].values())
    assert told["facts"]["killable"]


def test_the_floor_writes_down_each_transition(tmp_path: Path) -> None:
    assert measured(tmp_path, "floor", "pool", "fan:3").returncode == 0
    with sqlite3.connect(tmp_path / "runs.db") as database:
        rows = database.execute("SELECT run, stage, kind FROM event ORDER BY run, number").fetchall()
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()
    last = [(stage, kind) for run, stage, kind in rows if run == rows[-1][0]]
    stages = ["one[0]", "one[1]", "one[2]", "join"]
    assert sorted(last) == sorted(
        (stage, kind) for stage in stages for kind in ("attempt_started", "attempt_succeeded")
    )
    assert last[-2:] == [("join", "attempt_started"), ("join", "attempt_succeeded")]


def test_who_does_not_do_the_work_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    from runners.measure import timed

    with pytest.raises(SystemExit, match="the result is 1, not 2"):
        timed(lambda: 1, 2)
