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


@pytest.mark.parametrize(
    ("module", "variant"), [("ours", "api"), ("ours", "command"), ("floor", "pool"), ("floor", "forks")]
)
def test_both_shapes_run(tmp_path: Path, module: str, variant: str) -> None:
    done = measured(tmp_path, module, variant, "chain:2", "fan:3")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["runs"].keys() == {"chain:2", "fan:3"}
    assert all(0 < run["seconds"] < told["setup_seconds"] + 60 for run in told["runs"].values())
    assert told["facts"]["isolation"] in ("process", "clean", "pool")


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


def test_the_page_has_a_place_for_all_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    from runners.compare import contestant
    from runners.field import FIELD
    from runners.pages import PAGE, filled, parts

    facts = {"state": "none", "kept": "nothing", "isolation": "runner", "configured": "", "version": "1"}
    sizes = {size for entry in FIELD.values() for size in entry.shapes().values()}

    def told(seconds: float) -> dict[str, object]:
        runs = {size: {"seconds": seconds, "processor_seconds": None} for size in sizes}
        return {"facts": facts, "setup_seconds": 1.0, "runs": runs}

    times = {"ours": [2.0, 4.0, 3.0], "floor": [1.5], "ours-command": [5.0], "dask-threads": [0.3], "luigi-1": [30.0]}
    point = {"resident_mb": 40.0, "processor_seconds": None}
    curve = [{**point, "stages": 0, "seconds": 0.0}, {**point, "stages": 1000, "seconds": 2.5}]
    grown = {"curve": curve, "peak_mb": {"runner": 50.0, "largest_of_the_others": 30.0}}
    shown = parts(
        {
            "machine": {"cores": 2, "python": "3", "sqlite": "3", "system": "any", "file_system": None},
            "moments": [{"fsync_seconds": 1.0, "commit_seconds": 1.0, "spin_seconds": 1.0, "load": 0.0}],
            "rounds": 3,
            "contestants": {name: contestant(name, [told(each) for each in found]) for name, found in times.items()},
            "growth": {"1000": grown, "10000": grown, "floor_seconds": 1.0},
        }
    )
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"<!-- bench: {name} -->" in page for name in shown)
    written = filled(page, shown)
    assert all(text in written for text in shown.values())
    assert filled(written, shown) == written
    assert "- a stage of a chain: 30.00 ms with" in shown["summary"]
    assert "2.00 times the floor's 15.00 ms; each stage more: 0.00 ms, the floor's 0.00 ms" in shown["summary"]
    assert "Dask, threads (chain 0.10, fan 0.10)" in shown["ahead"]
    assert "Luigi" not in shown["ahead"]
