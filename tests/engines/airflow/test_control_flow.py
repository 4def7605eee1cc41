"""Conditions, joins, fallbacks, loops and hooks in Airflow itself: the states and values of the local runner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.backend import backend
from portable_pipeline.codegen.writing import changes, write
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.engines.session import Session
from portable_pipeline.engines.verify import verify
from portable_pipeline.ir import Pipeline
from portable_pipeline.runner import run_locally
from tests.contract.subjects import captured

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("airflow")]

DATE = "2026-01-05"
Seen = dict[str, tuple[Any, ...]]

HEAD = """
import os, time
from typing import Any
from datetime import date
from portable_pipeline import (
    Dataset, FailureEvent, Input, Output, RunEvent, collect, each, first_of, for_each, group, otherwise, pipeline, run,
    stage, uri, when,
)

@stage
def give(x: int) -> int:
    return x

@stage
def late(x: int, fail: bool) -> int:
    time.sleep(3)
    if fail:
        raise ValueError("late")
    return x

@stage
def add(a: int, b: int) -> int:
    return a + b

@stage
def tell(text: str) -> str:
    return text

@stage
def last() -> None:
    pass
"""

CONDITIONS = """
@pipeline
def case(x: int = 1, fail: bool = False, day: date = date(2026, 1, 5)):
    given = give(x)
    after = late(2, fail)
    with when((given >= 3) & (run.date == day)):
        big = add(given, 10)
        with when(big.is_in([13, 14])):
            inner = add(big, 1)
    with otherwise():
        small = add(given, 20)
    add(small, after)
    add(inner, 1)
    joined = add(first_of(big, small), 100)
    add(first_of(big, small), inner)
    last().after(joined)
"""

LATE_PREDICATE = """
@pipeline
def case(fail: bool = False, inner: int = 1):
    decided = late(1, fail)
    with when(decided == 1):
        with when(inner == 2):
            one = give(1)
        two = give(2)
    with otherwise():
        three = give(3)
    add(first_of(one, three), 1)
    add(first_of(two, three), 1)
    give(5)
"""

UNDECIDED = """
@stage
def nothing() -> Any:
    return None

@pipeline
def case():
    with when(nothing() < 3):
        one = give(1)
    give(one)
    give(2)
"""

FALLBACK = """
@stage(retries=1, retry_delay="0s")
def train(n: int, mode: str) -> str:
    if mode in ("primary", "both"):
        raise ValueError("primary")
    return "new"

@stage
def old(x: int, mode: str) -> str:
    if mode == "both":
        raise ValueError("old")
    return "old"

@stage
def note(mode: str) -> None:
    if mode in ("primary", "both"):
        raise ValueError("note")

@pipeline
def case(mode: str = "ok", go: bool = True, early: bool = False, behind: bool = False):
    n = late(1, early)
    with when(go):
        model = train(n, mode).or_else(old(late(2, behind), mode))
    tell(model)
    noted = note(mode).or_else(last())
    tell("noted").after(noted)
"""

EARLY = """
@stage
def uneven(x: int, bad: int) -> int:
    time.sleep(0 if x == bad else 3)
    if x == bad:
        raise ValueError("early")
    return x

@pipeline
def case(bad: int = 2):
    with for_each([1, 2]) as x:
        saved = uneven(x, bad).or_else(give(x))
        add(saved, 1)
"""

LOOP = """
@stage
def names(count: int) -> list[str]:
    return ["{{ 2+2 }}", "b'\\"", "c"][:count] + ["n"] * (count - 3)

@stage
def train(name: str, n: int, bad: str) -> list[int]:
    if name == bad:
        raise ValueError(f"bad {name}")
    return [n, len(name)]

@stage
def size(of: list[int], out: Output[Dataset] = uri("{root}/size/{item_key}.txt")) -> int:
    out.path.write_text(str(of[1])) if hasattr(out.path, "write_text") else open(out.path, "w").write(str(of[1]))
    return of[1]

@stage
def total(sizes: list[int], lists: list[list[int]], told: list[str]) -> int:
    return 10000 * sum(sizes) + 100 * sum(len(one) for one in lists) + len(told)

@pipeline
def case(root: str, count: int = 3, bad: str = "", go: bool = True):
    n = give(10)
    with when(go):
        found = names(count)
        with for_each(found) as name:
            trained = train(name, n, bad)
            sized = size(trained)
            with when(sized > 1):
                told = tell(name)
    total(collect(sized), collect(trained), collect(told))
    last().after(trained)
"""

RECORDS = """
@stage
def put(item: dict[str, str], out: Output[Dataset] = uri("{root}/{item_key}.txt")) -> str:
    open(out.path, "w").write(item["name"])
    return item["name"]

@stage
def backup(name: str) -> str:
    return "backup of " + name

@stage
def risky(name: str) -> str:
    if name == "b":
        raise ValueError(name)
    return name

@stage
def many(names: list[str]) -> list[str]:
    return names

@pipeline
def case(root: str):
    with for_each([{"name": "a"}, {"name": "b"}], key="name") as item:
        name = put(item)
        safe = risky(name).or_else(backup(name))
    many(collect(safe))
    squares = add.map(a=each([1, 2, 3]), b=each([10, 20, 30]))
    give.map(x=each(collect(squares)))
"""

BROKEN_LOOP = """
@stage
def lists(long: int) -> list[int]:
    return list(range(long))

@stage
def total(of: list[int]) -> int:
    return sum(of)

@pipeline
def case():
    sums = add.map(a=each(lists(2)), b=each(lists(3)))
    total(collect(sums))
    give(1)
"""

LIMIT = """
@stage
def busy(x: int, folder: str) -> int:
    begin = time.time()
    time.sleep(1.5)
    with open(os.path.join(folder, "spans"), "a") as file:
        file.write(f"{begin} {time.time()}\\n")
    return x

@pipeline
def case(folder: str):
    busy.map(x=each([1, 2, 3, 4, 5]), folder=folder, max_parallel=2)
"""

GROUPS = """
@pipeline
def case():
    with group('it is {{ "all" }}'):
        one = give(1)
        with group("branches"):
            with when(one > 1):
                two = add(one, 1)
            with otherwise():
                three = add(one, 2)
        four = give(first_of(two, three))
        with for_each([1, 2]) as x:
            with group("in a loop"):
                five = add(x, four)
            with for_each([3]) as y:
                six = add(y, five)
        seven = give(four).after(six)
    with group("crossed"):
        eight = give(four)
        nine = give(four)
    with group("with that"):
        ten = give(eight)
    nine.after(ten)
"""

HOOKS = """
def write(folder_line: str) -> None:
    with open(os.path.join(os.environ["PPC_TEST_HOOKS"], "hooks.txt"), "a") as file:
        file.write(folder_line)

def stage_failed(event: FailureEvent) -> None:
    write(f"{event.pipeline} {event.stage} {event.attempt} {'boom' in event.error}\\n")

def run_failed(event: RunEvent) -> None:
    write(f"run {event.state} {event.failed}\\n")

def ended(event: RunEvent) -> None:
    write(f"exit {event.state} {event.degraded} {event.failed}\\n")

def broken(event: FailureEvent) -> None:
    raise ValueError("no alert")

@stage(on_failure=stage_failed, retries=1, retry_delay="0s")
def work(mode: str) -> int:
    if mode == "fail":
        raise ValueError("boom")
    if mode == "hang":
        time.sleep(600)
    return 1

@stage(on_failure=broken)
def use(n: int, x: int, mode: str) -> int:
    if mode == "loop" and x == 2:
        raise ValueError("two")
    return n

@pipeline(on_exit=ended, on_failure=run_failed, timeout="20s")
def case(mode: str = "ok"):
    n = work(mode).or_else(give(1))
    with for_each([1, 2]) as x:
        use(n, x, mode)
"""


@dataclass(frozen=True)
class Generated:
    """A pipeline and the folder with its DAG."""

    pipeline: Pipeline
    folder: Path


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(backend("airflow")) as started:
        yield started


def generate(folder: Path, source: str) -> Generated:
    file = folder / "case.py"
    file.write_text(HEAD + source)
    pipeline = captured(file)
    # One case lets the run's own timeout end a stage that has a hook: nobody is told then.
    files = compile_pipeline(pipeline, backend("airflow"), ["X2.timeout"])
    write(folder / "dags", changes(folder / "dags", files, files[-1].path))
    return Generated(pipeline, folder / "dags")


def run(session: Session, given: Generated, **params: Any) -> dict[str, Any]:
    request = {"op": "run", "folder": str(given.folder), "file": "case_dag.py", "params": params}
    return session.ask({**request, "date": DATE, "timeout_s": 300.0}, 400.0)


def seen(answer: dict[str, Any]) -> Seen:
    """Each stage's state, attempts and result."""
    return {each["id"]: (each["state"], each["attempts"], each.get("result")) for each in answer["stages"]}


def compare(session: Session, given: Generated, **params: Any) -> dict[str, Any]:
    """Airflow's answer, which is what the local runner does."""
    expected = run_locally(given.pipeline, params, date=DATE, project=given.folder.parent / "runs")
    answer = run(session, given, **params)
    stages = {each.id: (each.state, each.attempts, each.result) for each in expected.stages}
    assert seen(answer) == stages, unlike(answer, stages)
    assert (answer["state"], answer["degraded"]) == (expected.state, expected.degraded)
    assert bool(answer.get("error")) == bool(expected.error)
    return answer


def unlike(answer: dict[str, Any], expected: Seen) -> list[dict[str, Any]]:
    """The stages of which Airflow tells something else, with its errors: what has failed by itself first."""
    told = seen(answer)
    found = [each for each in answer["stages"] if told[each["id"]] != expected.get(each["id"])]
    return sorted(found, key=lambda each: each["state"] != "failed")


def states(answer: dict[str, Any]) -> dict[str, str]:
    return {each["id"]: each["state"] for each in answer["stages"]}


@pytest.mark.parametrize(
    ("params", "run_state", "some"),
    [
        ({"x": 1}, "success", {"add": "skipped", "add_3": "success", "add_5": "skipped", "add_6": "success"}),
        ({"x": 3}, "success", {"add": "success", "add_2": "success", "add_3": "skipped", "add_7": "success"}),
        ({"x": 9}, "success", {"add_2": "skipped", "add_5": "skipped", "add_6": "success", "add_7": "skipped"}),
        ({"x": 3, "fail": True}, "failed", {"add_3": "skipped", "add_4": "upstream_failed"}),
        ({"x": 3, "day": "2026-01-06"}, "success", {"add": "skipped", "add_3": "success"}),
    ],
)
def test_conditions(session: Session, tmp_path: Path, params: dict[str, Any], run_state: str, some: Seen) -> None:
    answer = compare(session, generate(tmp_path, CONDITIONS), **params)
    assert answer["state"] == run_state
    assert some.items() <= states(answer).items()


@pytest.mark.parametrize(("fail", "state"), [(False, "skipped"), (True, "upstream_failed")])
def test_a_predicate_that_comes_late_or_never(session: Session, tmp_path: Path, fail: bool, state: str) -> None:
    answer = compare(session, generate(tmp_path, LATE_PREDICATE), fail=fail)
    found = states(answer)
    assert (found["give"], found["give_3"], found["give_4"]) == (state, state, "success")


def test_a_predicate_that_cannot_be_told_fails_the_run(session: Session, tmp_path: Path) -> None:
    answer = compare(session, generate(tmp_path, UNDECIDED))
    assert answer["state"] == "failed"
    assert "when" in answer["error"]
    assert states(answer)["give_2"] == "upstream_failed"


@pytest.mark.parametrize(
    ("params", "run_state", "degraded"),
    [
        ({}, "success", False),
        ({"mode": "primary"}, "success", True),
        ({"mode": "both"}, "failed", True),
        ({"early": True}, "failed", False),
        ({"behind": True}, "failed", False),
        ({"go": False}, "success", False),
    ],
)
def test_fallbacks(session: Session, tmp_path: Path, params: dict[str, Any], run_state: str, degraded: bool) -> None:
    answer = compare(session, generate(tmp_path, FALLBACK), **params)
    assert (answer["state"], answer["degraded"]) == (run_state, degraded)


def test_an_item_that_fails_first_needs_no_stand_in_for_others(session: Session, tmp_path: Path) -> None:
    answer = compare(session, generate(tmp_path, EARLY))
    assert answer["degraded"]
    assert {"give[0]": "skipped", "give[1]": "success", "add[0]": "success"}.items() <= states(answer).items()


@pytest.mark.parametrize(
    ("params", "result"),
    [
        ({}, 130000 + 600 + 2),
        ({"count": 0}, 0),
        ({"count": 1}, 90000 + 200 + 1),
        ({"count": 12}, 220000 + 2400 + 2),
        ({"bad": "c"}, None),
        ({"go": False}, None),
    ],
)
def test_loops(session: Session, tmp_path: Path, params: dict[str, Any], result: int | None) -> None:
    answer = compare(session, generate(tmp_path, LOOP), root=str(tmp_path / "data"), **params)
    assert seen(answer)["total"][2] == result


def test_loops_over_records_with_a_stand_in_inside(session: Session, tmp_path: Path) -> None:
    answer = compare(session, generate(tmp_path, RECORDS), root=str(tmp_path / "data"))
    assert answer["degraded"]
    assert seen(answer)["many"][2] == ["a", "backup of b"]
    assert seen(answer)["give[2]"][2] == 33
    assert (tmp_path / "data" / "b.txt").read_text() == "b"


def test_lists_of_different_lengths_fail_the_run(session: Session, tmp_path: Path) -> None:
    answer = compare(session, generate(tmp_path, BROKEN_LOOP))
    assert answer["state"] == "failed"
    assert "lengths" in answer["error"]
    assert states(answer)["add"] == "upstream_failed"


@pytest.mark.parametrize(
    ("mode", "run_state", "lines", "errors"),
    [
        ("ok", "success", ["exit success False []"], 0),
        ("fail", "success", ["case work 2 True", "exit success True ['work']"], 0),
        ("loop", "failed", ["run failed ['use[1]']", "exit failed False ['use[1]']"], 1),
        ("hang", "failed", ["run failed []", "exit failed False []"], 0),
    ],
)
def test_hooks(tmp_path: Path, session: Session, mode: str, run_state: str, lines: list[str], errors: int) -> None:
    given = generate(tmp_path, HOOKS.replace('os.environ["PPC_TEST_HOOKS"]', repr(str(tmp_path))))
    answer = run(session, given, mode=mode)
    assert answer["state"] == run_state
    assert (tmp_path / "hooks.txt").read_text().splitlines() == lines
    assert len(answer["hook_errors"]) == errors


def test_max_parallel(session: Session, tmp_path: Path) -> None:
    answer = run(session, generate(tmp_path, LIMIT), folder=str(tmp_path))
    assert states(answer) == {f"busy[{index}]": "success" for index in range(5)}
    spans = sorted(tuple(map(float, line.split())) for line in (tmp_path / "spans").read_text().splitlines())
    at_once = [sum(begin <= start < end for begin, end in spans) for start, _ in spans]
    assert max(at_once) == 2


def test_the_view_of_a_dag_is_that_of_the_pipeline(session: Session, tmp_path: Path) -> None:
    for source in (CONDITIONS, FALLBACK, LOOP, RECORDS, HOOKS):
        given = generate(tmp_path, source)
        assert verify(session, given.pipeline, given.folder).found == ()


def test_groups_are_shown_and_change_nothing(session: Session, tmp_path: Path) -> None:
    given = generate(tmp_path, GROUPS)
    compare(session, given)
    verified = verify(session, given.pipeline, given.folder)
    assert verified.found == ()
    assert {"groups", "edges"} <= {*verified.compared}
    assert {each["name"] for each in session.load(given.folder, "case_dag.py")["groups"].values()} == {
        'it is {{ "all" }}',
        "branches",
    }
