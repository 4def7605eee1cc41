"""Several processes in one project at once, and what one that was killed has left for the next."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from portable_pipeline.store import Project
from tests.robustness.place import Place, until

READS = """
import os
import time

from portable_pipeline import Dataset, Input, Output, pipeline, run, stage, uri


@stage(timeout="1m")
def write(text: str, table: Output[Dataset] = uri("data/{run_date}.txt")) -> int:
    with open(table.path, "w") as file:
        file.write(text * 1000)
    return 1


@stage(timeout="1m")
def hold(text: str) -> str:
    while os.path.exists(f"wait-{text}"):
        time.sleep(0.02)
    return text


@stage(timeout="1m")
def read(text: str, table: Input[Dataset]) -> str:
    with open(table.path) as file:
        assert file.read() == text * 1000
    return text


@pipeline
def reading(text: str):
    read(hold(text), write(text).table)
"""
RANGE = ("--from", "2026-01-01", "--to", "2026-01-05")
DAYS = [f"2026-01-0{day}" for day in range(1, 6)]


def lines(place: Place, name: str) -> list[str]:
    return place.path(name).read_text(encoding="utf-8").split() if place.path(name).exists() else []


def sound(place: Place) -> bool:
    return place.project.database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_different_pipelines_at_once_in_a_new_project(tmp_path: Path) -> None:
    place = Place(tmp_path, "waiting.py", "nightly.py")
    place.path("go").touch()
    commands = [("run", "waiting.py"), ("run", "nightly.py", "--date", "2026-01-01")] * 3
    called = [place.end(process) for process in [place.begin(*each, "--output-format", "json") for each in commands]]
    assert [each.code for each in called] == [0] * 6, [each.err for each in called]
    project = place.project
    found = {each.id: each for each in project.runs()}
    assert Counter((each.pipeline, each.state) for each in found.values()) == {
        ("waiting", "success"): 3,
        ("nightly", "success"): 3,
    }
    for each in called:
        run = found[each.outcome["run_id"]]
        assert run.pipeline == each.outcome["pipeline"]
        wanted = {"waiting": ["first", "second", "third"], "nightly": ["check", "count"]}[run.pipeline]
        assert [stage.id for stage in project.stages(run.id)] == wanted
        assert [stage.stage for stage in project.attempts(run.id)] == list(each.states)
    assert sound(place)
    assert (len(lines(place, "ran.txt")), len(lines(place, "checked.txt"))) == (12, 3)


def test_runs_of_one_pipeline_for_several_dates_have_nothing_in_common(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.path("reading.py").write_text(READS, encoding="utf-8")
    begun = [place.begin("run", "reading.py", "-p", f"text={n}", "--date", f"2026-01-0{n}") for n in range(1, 6)]
    called = [place.end(each) for each in begun]
    assert [each.code for each in called] == [0] * 5, [each.err for each in called]
    for n in range(1, 6):
        assert place.path(f"data/2026-01-0{n}.txt").read_text(encoding="utf-8") == f"{n}" * 1000
    assert sound(place)


def test_who_finds_the_artifact_of_another_run_for_the_same_date_is_told(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.path("reading.py").write_text(READS, encoding="utf-8")
    place.path("wait-a").touch()
    arguments = ("--date", "2026-01-01", "--output-format", "json")
    first = place.begin("run", "reading.py", "-p", "text=a", *arguments)
    written = place.path("data/2026-01-01.txt")
    until(written.exists)
    second = place.begin("run", "reading.py", "-p", "text=b", *arguments)
    assert place.end_one(second).code == 0
    assert written.read_text(encoding="utf-8") == "b" * 1000
    place.path("wait-a").unlink()
    called = place.end(first)
    found = {each["id"]: (each["state"], each.get("error", "")) for each in called.outcome["stages"]}
    assert called.code == 1
    assert found["write"] == ("success", "")
    assert found["read"][0] == "failed"
    assert "input `table` has changed since its producer committed" in found["read"][1]
    again = place.ppc("resume", called.outcome["run_id"], "--from", "write")
    assert (again.code, written.read_text(encoding="utf-8")) == (0, "a" * 1000)


def test_many_at_once_for_the_same_date_leave_the_artifact_of_one(tmp_path: Path) -> None:
    place = Place(tmp_path, "nightly.py")
    place.path("data").mkdir()
    begun = [place.begin("run", "nightly.py", "-p", f"n={n}", "--date", "2026-01-01") for n in range(6)]
    assert [place.end_one(each).code for each in begun] == [0] * 6
    assert place.path("data/2026-01-01.txt").read_text(encoding="utf-8") in {f"2026-01-01 {n}" for n in range(6)}
    assert [each.name for each in place.path("data").iterdir()] == ["2026-01-01.txt"]
    assert sound(place)


#: What a process has come to when it is killed, before its run can be found anywhere.
MOMENTS = {
    "before it makes its folder": ("portable_pipeline.store.project", "Project._make_folder"),
    "before it has a database": ("portable_pipeline.store.opening", "check_ours"),
    "before there are tables": ("portable_pipeline.store.opening", "migrate"),
    "before its first commit": ("portable_pipeline.store.journal", "Journal.commit"),
    "before its code is written": ("portable_pipeline.runner.execute", "write_code"),
    "before our code is written": ("portable_pipeline.runner.execute", "runtime_in_use"),
    "while our code is written": ("pathlib", "Path.rename"),
    "before its first process is started": ("portable_pipeline.runner.servers", "Server.__init__"),
}
KILLED = """
import importlib, os, sys
module, path = sys.argv[1:3]
owner, *names = path.split(".")
found = importlib.import_module(module)
for name in (owner, *names)[:-1]:
    found = getattr(found, name)
assert hasattr(found, path.rpartition(".")[2])
setattr(found, path.rpartition(".")[2], lambda *_, **__: os.kill(os.getpid(), 9))
from portable_pipeline.cli import main
main(sys.argv[3:])
"""


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("project", ["new", "used"])
def test_who_is_killed_before_the_beginning_leaves_no_trouble(tmp_path: Path, moment: str, project: str) -> None:
    place = Place(tmp_path, "nightly.py")
    run = ("run", "nightly.py", "--date", "2026-01-01")
    if project == "used":
        assert place.ppc(*run).code == 0
    before = len(place.project.runs())
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, *MOMENTS[moment], *run], cwd=place.folder, capture_output=True, check=False
    )
    spared = project == "used" and moment == "while our code is written"  # it is there already
    assert killed.returncode == (0 if spared else -signal.SIGKILL), killed.stderr
    listed = place.ppc("runs", "--output-format", "json")
    assert listed.code == 0
    began = [each for each in place.project.runs() if each.state == "interrupted"]
    assert len(began) <= 1
    for each in began:
        assert place.ppc("resume", each.id).code == 0
    assert place.ppc(*run).code == 0
    assert {each.state for each in place.project.runs()} == {"success"}
    assert len(place.project.runs()) == before + 1 + len(began) + spared
    assert sound(place)
    assert place.ppc("gc", "--days", "0").code == 0
    left = place.path(".ppc/runs")
    assert list(left.iterdir()) == []


def backfilled(place: Place) -> dict[str, list[str]]:
    """The states of the runs by date."""
    found: dict[str, list[str]] = {}
    for each in Project(place.project.folder).runs():
        found.setdefault(each.moment[:10], []).append(each.state)
    return found


def test_a_backfill_that_is_killed_goes_on_as_a_whole(tmp_path: Path) -> None:
    place = Place(tmp_path, "nightly.py")
    assert place.ppc("backfill", "nightly.py", "--from", "2026-01-01", "--to", "2026-01-01").code == 0
    place.path("wait").touch()
    process = place.begin("backfill", "nightly.py", *RANGE, "--max-active-runs", "2")
    until(lambda: lines(place, "ran.txt")[1:] and len(lines(place, "ran.txt")) == 3)
    process.kill()
    process.communicate()
    # The runs that it had begun go on without it: nothing is begun twice.
    early = place.end_one(place.begin("backfill", "nightly.py", *RANGE))
    assert (early.code, early.out) == (1, "")
    told = (
        f"error[PPC491]: a backfill of `nightly` with the same parameters is under way, begun by process {process.pid}"
    )
    assert told in early.err
    dry = place.end_one(place.begin("backfill", "nightly.py", *RANGE, "--dry-run"))
    assert [line.split()[-1] for line in dry.out.splitlines()] == ["done", "running", "running", "run", "run"]
    other = place.end_one(
        place.begin("backfill", "nightly.py", "--from", "2026-02-01", "--to", "2026-02-01", "--dry-run", "-p", "n=2")
    )
    assert other.code == 0
    place.path("wait").unlink()
    until(lambda: not place.left())
    assert place.ppc("backfill", "nightly.py", *RANGE).code == 0
    assert backfilled(place) == {day: ["success"] for day in DAYS}
    assert sorted(lines(place, "ran.txt")) == sorted(lines(place, "checked.txt")) == DAYS
    again = place.ppc("backfill", "nightly.py", *RANGE)
    assert (again.code, again.out.count("(before)")) == (0, 5)


def test_a_backfill_that_is_killed_with_all_its_runs_goes_on_as_a_whole(tmp_path: Path) -> None:
    place = Place(tmp_path, "nightly.py")
    place.path("wait").touch()
    process = place.begin("backfill", "nightly.py", *RANGE, "--max-active-runs", "2")
    until(lambda: len(lines(place, "ran.txt")) == 2)
    process.kill()
    for each in place.left():
        os.kill(each, signal.SIGKILL)
    process.communicate()
    until(lambda: not place.left())
    place.path("wait").unlink()
    assert place.ppc("backfill", "nightly.py", *RANGE).code == 0
    assert backfilled(place) == {day: ["success"] for day in DAYS}
    assert sorted(set(lines(place, "ran.txt"))) == sorted(lines(place, "checked.txt")) == DAYS
    assert sound(place)


def test_two_backfills_at_once_begin_nothing_twice(tmp_path: Path) -> None:
    place = Place(tmp_path, "nightly.py")
    both = [place.end_one(each) for each in [place.begin("backfill", "nightly.py", *RANGE) for _ in range(2)]]
    refused = [each for each in both if each.code]
    assert len(refused) == 1
    assert "error[PPC491]" in refused[0].err
    assert backfilled(place) == {day: ["success"] for day in DAYS}
    assert sorted(lines(place, "ran.txt")) == DAYS
