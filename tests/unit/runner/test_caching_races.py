"""What is taken over while something else happens: other runs, the end of the process, the end of the run."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from portable_pipeline.ir import Pipeline, RunDate, Text, Uri, to_json
from portable_pipeline.outcome import Origin, RunOutcome
from portable_pipeline.runner import StageChanged, observer_for, resume_locally, run_locally, taking_over
from portable_pipeline.runner.live import LiveView
from portable_pipeline.runner.observer import Silent
from portable_pipeline.store import Project
from tests.unit.runner.pipelines import artifact, pipeline, result, stage
from tests.unit.runner.test_caching import origins, own_place, ran, states

__all__ = ["own_place"]

CODE = """
import time
from pathlib import Path
from stage_runtime import Artifact

def note(name):
    with open("log.txt", "a") as file:
        print(name, file=file)

def pair(table, parts):
    note("pair")
    while Path("together").exists() and Path("log.txt").read_text().count("pair") < 2:
        time.sleep(0.01)
    Path(table.path).write_text("rows")
    Path(parts.path).mkdir()
    for name in "ab":
        (Path(parts.path) / name).write_text(name)
    return 4

def size(of):
    note("size")
    return of * 10

def slow():
    Path("begun").touch()
    while not Path("go").exists():
        time.sleep(0.01)
    return 1

def read(table: Artifact, parts: Artifact, size):
    note("read")
    return f"{Path(table.path).read_text()} {len(list(Path(parts.path).iterdir()))} {size}"
"""
WHOLE = {"table.txt": "rows", "parts/a": "a", "parts/b": "b"}
DAYS = ("2026-01-05", "2026-01-06")


def at(name: str) -> Uri:
    return Uri(parts=(Text(text=f"{Path('data').absolute()}/"), RunDate(), Text(text=f"/{name}")))


def case() -> Pipeline:
    """Two artifacts and a value that are cached, and a stage that needs them all."""
    return pipeline(
        CODE,
        stage("pair", writes={"table": at("table.txt"), "parts": at("parts")}, cache=True),
        stage("size", takes={"of": result("pair")}, cache=True),
        stage(
            "read",
            takes={
                "table": artifact("pair", "table"),
                "parts": artifact("pair", "parts"),
                "size": result("size"),
            },
        ),
    )


def left(day: str) -> Mapping[str, str]:
    """All files of a date, those of attempts under way as well."""
    root = Path("data") / day
    return {str(each.relative_to(root)): each.read_text() for each in sorted(root.rglob("*")) if each.is_file()}


# ---- other runs


def side_by_side(count: int, day: str) -> list[RunOutcome]:
    with ThreadPoolExecutor(count) as places:
        return list(places.map(lambda _: run_locally(case(), date=day), range(count)))


def test_runs_that_want_the_same_at_the_same_time_both_execute_it() -> None:
    Path("together").touch()  # neither ends before the other has begun
    found = side_by_side(2, DAYS[0])
    counts = ran()
    assert (counts["pair"], counts["read"]) == (2, 2)
    assert [states(each) for each in found] == [dict.fromkeys(("pair", "size", "read"), "success")] * 2
    # Later on, one may be ahead of the other.
    assert ["pair" in origins(each) for each in found] == [False, False]
    assert left(DAYS[0]) == WHOLE
    later = run_locally(case(), date=DAYS[1])
    assert ran() == Counter(read=1)
    assert {each.run for each in origins(later).values()} <= {each.run_id for each in found}
    assert left(DAYS[1]) == WHOLE


def test_many_runs_take_over_the_same_at_the_same_time() -> None:
    first = run_locally(case(), date=DAYS[0])
    ran()
    found = side_by_side(6, DAYS[1])
    assert ran() == Counter(read=6)
    expected = {name: Origin(first.run_id, name) for name in ("pair", "size")}
    assert [origins(each) for each in found] == [expected] * 6
    assert {each.stages[-1].result for each in found} == {"rows 2 40"}
    assert left(DAYS[1]) == WHOLE
    assert not list(Path("data").rglob(".stage_runtime"))


# ---- the end of the process

KILLED = """
import os, signal, sys
from pathlib import Path
from portable_pipeline.ir import from_json
from portable_pipeline.runner import run_locally, taking_over
from portable_pipeline.store import Journal

point, left, day = sys.argv[1], int(sys.argv[2]), sys.argv[3]
of = Journal if point == "commit" else taking_over if point == "_copy" else taking_over.Staging
call = getattr(of, point)

def deadly(*given, **more):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return call(*given, **more)

setattr(of, point, deadly)
run_locally(from_json(Path("case.json").read_text()), date=day)
"""
#: Before what of the work the process is killed, and how often it can be.
POINTS = {"_copy": 2, "reference": 2, "publish": 2, "discard": 2, "commit": 5}


@pytest.mark.parametrize("point", POINTS)
def test_whenever_the_process_is_killed_the_run_goes_on_to_take_it_over(point: str) -> None:
    first = run_locally(case(), date=DAYS[0])
    Path("case.json").write_text(to_json(case()), encoding="utf-8")
    project = Project()
    for number in range(POINTS[point]):
        ran()
        day = f"2026-02-{number + 1:02}"
        known = {each.id for each in project.runs()}
        killed = subprocess.run([sys.executable, "-c", KILLED, point, str(number), day], check=False)
        assert killed.returncode == -signal.SIGKILL, number
        # Whole or not at all, and nothing is noted down before it is there.
        assert put(day).items() <= WHOLE.items()
        new = [each for each in project.runs() if each.id not in known]
        if not new:
            assert (point, number, put(day)) == ("commit", 0, {}), "something was done for a run that nobody knows of"
            continue
        assert new[0].state == "interrupted"
        assert all(Path(each.uri).exists() for each in project.artifacts(new[0].id))
        resumed = resume_locally(case(), new[0].id)
        assert (resumed.state, resumed.stages[-1].result) == ("success", "rows 2 40")
        assert origins(resumed) == {name: Origin(first.run_id, name) for name in ("pair", "size")}
        assert put(day) == WHOLE
        assert not ran().keys() & {"pair", "size"}
    project.close()


def put(day: str) -> dict[str, str]:
    """What is at the addresses of a date; what a process that was killed had not put there yet is no matter."""
    return {name: text for name, text in left(day).items() if not name.startswith(".stage_runtime")}


# ---- the end of the run


class LargeFile:
    """As if what is read were so large that it takes until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, after: str | None = None) -> None:
        self.go_on, self.done = threading.Event(), threading.Event()
        read = taking_over.fingerprint

        def slowly(path: Path) -> dict[str, Any]:
            while after and not Path(after).exists():
                time.sleep(0.01)
            os.kill(os.getpid(), number)
            assert self.go_on.wait(30)
            try:
                return read(path)
            finally:
                self.done.set()

        monkeypatch.setattr(taking_over, "fingerprint", slowly)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_ended_does_not_wait_for_a_proof(number: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run_locally(case(), date=DAYS[0])
    ran()
    with monkeypatch.context() as patched:
        large = LargeFile(patched, number)
        begun = time.monotonic()
        ended = run_locally(case(), date=DAYS[0])
        assert time.monotonic() - begun < 15
        assert (ended.state, states(ended)) == ("cancelled", dict.fromkeys(("pair", "size", "read"), "cancelled"))
        large.go_on.set()
        assert large.done.wait(30)
    assert (ran(), left(DAYS[0])) == (Counter(), WHOLE)
    resumed = resume_locally(case(), ended.run_id)
    assert (resumed.state, ran()) == ("success", Counter(read=1))
    assert origins(resumed) == {name: Origin(first.run_id, name) for name in ("pair", "size")}


def test_what_is_proven_too_late_is_not_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    run_locally(case(), date=DAYS[0])
    ran()
    beside = case()
    beside = beside.model_copy(update={"stages": (stage("slow", timeout=20), *beside.stages)})
    large = LargeFile(monkeypatch, signal.SIGINT, after="begun")

    class Going(Silent):
        """Lets the proof end when it is not wanted any more, and what runs beside it some time after that."""

        def changed(self, change: StageChanged) -> None:
            if (change.stage, change.state) == ("pair", "cancelled"):
                large.go_on.set()
                threading.Timer(1.0, Path("go").absolute().touch).start()

    ended = run_locally(beside, date=DAYS[0], observer=Going())
    assert large.done.is_set()
    assert (ended.state, states(ended)["slow"], states(ended)["pair"]) == ("cancelled", "success", "cancelled")
    project = Project()
    assert [each.id for each in project.stages(ended.run_id) if each.returned or each.cached] == ["slow"]
    assert {each.kind for each in project.history(ended.run_id) if each.subject == "pair"} == set()
    project.close()
    assert (left(DAYS[0]), ran()) == (WHOLE, Counter())


def test_what_is_copied_for_a_run_that_is_ended_never_comes_to_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    run_locally(case(), date=DAYS[0])
    ran()
    copy, go_on = taking_over._copy, threading.Event()

    def slowly(*given: Any) -> None:
        copy(*given)
        os.kill(os.getpid(), signal.SIGTERM)
        assert go_on.wait(30)

    monkeypatch.setattr(taking_over, "_copy", slowly)
    ended = run_locally(case(), date=DAYS[1])
    assert ended.state == "cancelled"
    go_on.set()
    deadline = time.monotonic() + 30
    while any(".stage_runtime" in folders for _, folders, _ in os.walk("data")):  # it is taken away
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert (left(DAYS[1]), ran()) == ({}, Counter())


# ---- whoever watches


def test_lines_say_what_was_taken_over() -> None:
    first = run_locally(case(), date=DAYS[0])
    stream = io.StringIO()
    run_locally(case(), date=DAYS[0], observer=observer_for(stream))
    told = [line.split("s  ", 1)[1] for line in stream.getvalue().splitlines()[1:]]
    assert told[:2] == [f"{name}: success, cached from run {first.run_id}" for name in ("pair", "size")]


def test_the_view_says_what_was_taken_over() -> None:
    first = run_locally(case(), date=DAYS[0])
    stream = io.StringIO()
    view = LiveView(Console(file=stream, force_terminal=True, width=120, height=30))
    drawn: list[str] = []
    changed = view.changed

    def noted(change: Any) -> None:
        changed(change)
        board = Console(file=io.StringIO(), width=120, height=30)
        drawn.append("".join(segment.text for segment in board.render(view._board, board.options)))

    view.changed = noted  # type: ignore[method-assign]
    run_locally(case(), date=DAYS[0], observer=view)
    lines = [line.split() for line in drawn[-1].splitlines()]
    assert ["✓", "pair", "success,", "cached", "from", "run", first.run_id] in lines
    assert ["✓", "size", "success,", "cached", "from", "run", first.run_id] in lines
    assert "3/3" in lines[0]
