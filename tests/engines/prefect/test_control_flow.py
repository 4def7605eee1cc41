"""Conditions, joins, stand-ins and loops, run by Prefect itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.backend import backend
from portable_pipeline.capture import load
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.engines.session import Session
from portable_pipeline.engines.verify import verify

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("prefect")]

STAGES = """\
import time
from datetime import date
from portable_pipeline import collect, each, first_of, for_each, otherwise, pipeline, stage, when


def note(log: str, text: str) -> None:
    with open(log, "a") as file:
        file.write(text + chr(10))


"""

CONDITIONS = """\
@stage
def score(log: str, value: int) -> int:
    if value < 0:
        raise ValueError("negative")
    return value

@stage
def day_of(log: str) -> date:
    return date(2026, 1, 5)

@stage
def big(log: str, value: int) -> str:
    note(log, "big")
    return "big"

@stage
def small(log: str) -> str:
    note(log, "small")
    return "small"

@stage
def huge(log: str) -> str:
    note(log, "huge")
    return "huge"

@stage
def needs_big(log: str, text: str) -> None:
    note(log, "needs_big")

@stage
def joined(log: str, text: str) -> None:
    note(log, f"joined {text}")

@stage
def after_huge(log: str) -> None:
    note(log, "after_huge")

@pipeline
def conditions(log: str, value: int, limit: date = date(2026, 1, 10)):
    scored = score(log, value)
    with when((scored >= 10) & (day_of(log) < limit)):
        a = big(log, scored)
        with when(scored.is_in([200, 300])):
            h = huge(log)
    with otherwise():
        b = small(log)
    needs_big(log, a)
    joined(log, first_of(a, b))
    after_huge(log).after(h)
"""

WAITING = """\
@stage
def slow(log: str) -> int | None:
    time.sleep(2.0)
    note(log, "slow")
    return None

@stage
def guarded(log: str) -> None:
    note(log, "guarded")

@stage
def free(log: str) -> None:
    note(log, "free")

@pipeline
def waiting(log: str):
    with when(slow(log) < 3):
        guarded(log)
    free(log)
"""

FALLBACK = """\
@stage
def data(log: str, fails: bool) -> int:
    if fails:
        raise ValueError("no data")
    return 1

@stage(retries=1)
def train(log: str, n: int, fails: bool) -> str:
    note(log, "train")
    if fails:
        raise ValueError("no")
    return "new"

@stage
def previous(log: str, fails: bool) -> str:
    note(log, "previous")
    if fails:
        raise ValueError("no")
    return "old"

@stage
def release(log: str, model: str) -> None:
    note(log, f"release {model}")

@pipeline
def fallback(log: str, none: bool = False, one: bool = False, two: bool = False):
    release(log, train(log, data(log, none), one).or_else(previous(log, two)))
"""

LOOPS = """\
@stage
def numbers(log: str, n: int) -> list[int]:
    return list(range(n))

@stage
def double(log: str, x: int, bad: int) -> int:
    note(log, f"begin {x}")
    time.sleep(0.5)
    note(log, f"end {x}")
    if x == bad:
        raise ValueError("bad")
    return 2 * x

@stage
def big(log: str, x: int) -> int:
    return x

@stage
def total(log: str, xs: list[int]) -> int:
    return sum(xs)

@stage
def cell(log: str, x: int, y: str) -> str:
    return f"{x}{y}"

@stage
def row(log: str, cells: list[str]) -> str:
    return " ".join(cells)

@stage
def table(log: str, rows: list[str], cells: list[list[str]]) -> str:
    return f"{rows} {cells}"

@stage
def odd(log: str, n: int) -> int:
    if n == 2:
        raise ValueError("two")
    return n

@stage
def zero(log: str) -> int:
    return 0

@pipeline
def loops(log: str, n: int = 3, bad: int = -1, names: list[str] = ["a", "b"]):
    with for_each(numbers(log, n), max_parallel=2) as x:
        d = double(log, x, bad)
        with when(d > 2):
            b = big(log, d)
    total(log, collect(d))
    total(log, collect(b))
    with for_each([1, 2]) as i:
        with for_each(names) as name:
            c = cell(log, i, name)
        r = row(log, collect(c))
        o = odd(log, i).or_else(zero(log))
    table(log, collect(r), collect(collect(c)))
    total(log, collect(o))
"""


class Runs:
    """A generated flow that can be run."""

    def __init__(self, session: Session, folder: Path, name: str, source: str) -> None:
        self._session, self._folder = session, folder
        (folder / "case").mkdir()
        (folder / "case" / f"{name}.py").write_text(STAGES + source, encoding="utf-8")
        self.pipeline = load(str(folder / "case" / f"{name}.py")).pipeline
        for file in compile_pipeline(self.pipeline, backend("prefect")):
            path = folder / "code" / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")
        assert verify(session, self.pipeline, folder / "code").found == ()

    def run(self, **params: Any) -> tuple[dict[str, Any], dict[str, str], list[str]]:
        """The answer, the state of each stage, and what stages noted."""
        log = self._folder / "log"
        log.write_text("")
        entry = backend("prefect").engine.entry(self.pipeline)
        request = {
            "op": "run", "folder": str(self._folder / "code"), "file": entry, "params": {"log": str(log), **params},
            "date": None, "timeout_s": 200.0,
        }  # fmt: skip
        answer = self._session.ask(request, 250.0)
        return answer, {each["id"]: each["state"] for each in answer["stages"]}, log.read_text().splitlines()


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(backend("prefect")) as started:
        yield started


def test_branches_skips_and_joins(session: Session, tmp_path: Path) -> None:
    runs = Runs(session, tmp_path, "conditions", CONDITIONS)
    answer, states, noted = runs.run(value=200)
    assert answer["state"] == "success"
    assert {id for id, state in states.items() if state == "skipped"} == {"small"}
    assert sorted(noted) == ["after_huge", "big", "huge", "joined big", "needs_big"]
    answer, states, noted = runs.run(value=3)
    assert (answer["state"], answer["degraded"]) == ("success", False)
    assert {id for id, state in states.items() if state == "skipped"} == {"big", "huge", "needs_big", "after_huge"}
    assert sorted(noted) == ["joined small", "small"]
    answer, states, noted = runs.run(value=-1)
    assert answer["state"] == "failed"
    assert states.pop("score") == "failed"
    assert states.pop("day_of") == "success"
    assert set(states.values()) == {"upstream_failed"}
    assert noted == []


def test_nobody_else_waits_for_a_predicate_and_one_that_fails_fails_the_run(session: Session, tmp_path: Path) -> None:
    answer, states, noted = Runs(session, tmp_path, "waiting", WAITING).run()
    assert noted == ["free", "slow"]
    assert states == {"slow": "success", "guarded": "upstream_failed", "free": "success"}
    assert (answer["state"], answer["error"]) == ("failed", "Failed: when: slow < 3")


def test_a_stand_in_runs_only_where_its_primary_has_failed(session: Session, tmp_path: Path) -> None:
    runs = Runs(session, tmp_path, "fallback", FALLBACK)
    answer, states, noted = runs.run()
    assert (answer["state"], answer["degraded"], noted) == ("success", False, ["train", "release new"])
    assert states == {"data": "success", "train": "success", "previous": "skipped", "release": "success"}
    answer, states, noted = runs.run(one=True)
    assert (answer["state"], answer["degraded"]) == ("success", True)
    assert noted == ["train", "train", "previous", "release old"]
    assert states == {"data": "success", "train": "failed", "previous": "success", "release": "success"}
    answer, states, noted = runs.run(one=True, two=True)
    assert (answer["state"], answer["degraded"]) == ("failed", False)
    assert states == {"data": "success", "train": "failed", "previous": "failed", "release": "upstream_failed"}
    answer, states, noted = runs.run(none=True)
    assert (answer["state"], noted) == ("failed", [])
    assert states == {
        "data": "failed", "train": "upstream_failed", "previous": "upstream_failed", "release": "upstream_failed",
    }  # fmt: skip


def test_loops_with_several_stages_conditions_stand_ins_and_loops_inside(session: Session, tmp_path: Path) -> None:
    runs = Runs(session, tmp_path, "loops", LOOPS)
    answer, states, noted = runs.run()
    results = {each["id"]: each.get("result") for each in answer["stages"]}
    assert (answer["state"], answer["degraded"]) == ("success", True)
    assert (results["total"], results["total_2"], results["total_3"]) == (6, 4, 1)
    assert results["table"] == "['1a 1b', '2a 2b'] [['1a', '1b'], ['2a', '2b']]"
    assert (states["big[0]"], states["big[1]"], states["big[2]"]) == ("skipped", "skipped", "success")
    assert (states["odd[1]"], states["zero[0]"], states["zero[1]"]) == ("failed", "skipped", "success"), answer[
        "stages"
    ]
    assert noted.index("begin 2") > min(noted.index("end 0"), noted.index("end 1"))

    answer, states, noted = runs.run(n=0, names=[])
    results = {each["id"]: each.get("result") for each in answer["stages"]}
    assert (answer["state"], results["total"], results["table"]) == ("success", 0, "['', ''] [[], []]")
    assert not [id for id in states if id.startswith(("double", "big", "cell"))]

    answer, states, noted = runs.run(bad=1)
    assert (answer["state"], answer["error"]) == ("failed", "Failed: double[1]")
    assert [states[f"double[{k}]"] for k in range(3)] == ["success", "failed", "success"]
    assert [states[f"big[{k}]"] for k in range(3)] == ["skipped", "upstream_failed", "success"]
    assert (states["total"], states["total_2"], states["table"]) == ("upstream_failed", "upstream_failed", "success")
    assert {"end 0", "end 2"} <= {*noted}


HOOKS = """\
@stage(retries=1, retry_delay="0s", on_failure=alert)
def one(log: str, fails: bool) -> None:
    if fails:
        raise ValueError("no")

@stage(on_failure=broken)
def two(log: str, fails: bool) -> None:
    if fails:
        raise ValueError("no")

@stage
def slow(log: str, seconds: float) -> None:
    time.sleep(seconds)

@pipeline(on_exit=over, on_failure=lost, timeout="20s")
def hooks(log: str, a: bool = False, b: bool = False, seconds: float = 0.0):
    one(log, a)
    two(log, b)
    slow(log, seconds)
"""

HOOK_FUNCTIONS = """\
from portable_pipeline import FailureEvent, RunEvent

LOG = "FOLDER/hooks"

def alert(event: FailureEvent) -> None:
    note(LOG, f"alert {event.pipeline} {event.stage} {event.attempt} {event.error}")

def broken(event: FailureEvent) -> None:
    raise ValueError("no hook")

def over(event: RunEvent) -> None:
    note(LOG, f"over {event.state} {event.failed}")

def lost(event: RunEvent) -> None:
    note(LOG, f"lost {event.state} {event.failed}")

"""


def test_hooks_are_told_once_and_change_nothing(session: Session, tmp_path: Path) -> None:
    told = tmp_path / "hooks"
    runs = Runs(session, tmp_path, "hooks", HOOK_FUNCTIONS.replace("FOLDER", str(tmp_path)) + HOOKS)
    assert not told.exists()  # loading has told nobody
    answer, _, _ = runs.run()
    assert (answer["state"], answer["hook_errors"]) == ("success", [])
    assert told.read_text().splitlines() == ["over success []"]

    told.unlink()
    answer, states, _ = runs.run(a=True, b=True)
    assert (answer["state"], states) == ("failed", {"one": "failed", "two": "failed", "slow": "success"})
    assert told.read_text().splitlines() == [
        "alert hooks one 2 ValueError: no", "lost failed ['one', 'two']", "over failed ['one', 'two']",
    ]  # fmt: skip
    (error,) = answer["hook_errors"]
    assert "on_failure of two" in error
    assert "no hook" in error

    told.unlink()
    answer, _, _ = runs.run(seconds=300.0)
    assert answer["state"] == "failed"
    assert told.read_text().splitlines() == ["lost failed ['slow']", "over failed ['slow']"]
