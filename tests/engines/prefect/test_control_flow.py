"""Conditions, joins, stand-ins and loops, run by Prefect itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from portable_pipeline.engines.session import Session
from tests.engines.prefect.runs import Runs

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("prefect")]

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
    failed, reason = answer["error"].splitlines()
    assert (answer["state"], failed) == ("failed", "Failed: when: slow < 3")
    assert reason.startswith("TypeError: '<' not supported between instances of 'NoneType' and 'int'")


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


AWKWARD = """\
@stage
def either(log: str, cell: int) -> int:
    if cell == 3:
        raise ValueError("three")
    return cell

@stage
def skipped(log: str) -> int:
    return 0

@stage
def loop_items(log: str, x: int) -> int:
    return x * 10

@stage
def stages(log: str, rows: list[list[int]]) -> int:
    return sum(map(sum, rows))

@pipeline
def awkward(log: str, items: list[list[int]] = [[1, 2], [3]]):
    with for_each(items) as row:
        with for_each(row) as cell:
            x = loop_items(log, either(log, cell).or_else(skipped(log)))
    stages(log, collect(collect(x)))
"""


def test_loops_over_items_and_stages_that_are_called_like_what_is_generated(session: Session, tmp_path: Path) -> None:
    answer, states, _ = Runs(session, tmp_path, "awkward", AWKWARD).run()
    assert (answer["state"], answer["degraded"]) == ("success", True)
    assert states == {
        "either[0][0]": "success", "either[0][1]": "success", "either[1][0]": "failed",
        "skipped[0][0]": "skipped", "skipped[0][1]": "skipped", "skipped[1][0]": "success",
        "loop_items[0][0]": "success", "loop_items[0][1]": "success", "loop_items[1][0]": "success",
        "stages": "success",
    }  # fmt: skip
    assert next(each["result"] for each in answer["stages"] if each["id"] == "stages") == 30
