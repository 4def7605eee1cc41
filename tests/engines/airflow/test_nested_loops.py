"""Loops in loops in Airflow itself, which expands no mapped group in a mapped group: the local runner's trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.engines.session import Session
from portable_pipeline.engines.verify import verify
from tests.engines.airflow.test_control_flow import compare, generate, run, seen, session, states

__all__ = ["session"]
pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("airflow")]

STAGES = """
@stage
def upto(n: int) -> list[int]:
    return list(range(n))

@stage
def total(of: list[int]) -> int:
    return sum(of)

@stage
def shown(of: list[list[int]]) -> str:
    return str(of)

@stage
def fragile(x: int, bad: int) -> int:
    if x == bad:
        raise ValueError("bad")
    return x
"""

CONDITIONS = (
    STAGES
    + """
@pipeline
def case(sizes: list[int], go: bool = True, odd: int = 3, bad: int = -1, behind: bool = False):
    with when(go):
        x = late(5, behind)
        with for_each(sizes) as size:
            mine = fragile(size, bad)
            with when(mine != odd):
                with for_each(upto(mine)) as y:
                    with when(y == 1):
                        b = add(mine, x)
                    with otherwise():
                        c = add(mine, y)
                    j = fragile(first_of(b, c), bad)
                inside = total(collect(c))
            with otherwise():
                other = give(7)
            picked = add(first_of(inside, other), mine)
            last().after(j)
    shown(collect(collect(j)))
    shown(collect(collect(b)))
    total(collect(picked))
    last().after(c)
    give(3)
"""
)

ALONE = (
    STAGES
    + """
@pipeline
def case(outer: list[int] = [1, 2], inner: list[int] = [], bad: int = -1):
    with for_each(outer) as x:
        a = fragile(x, bad)
        with for_each(inner) as y:
            b = add(a, y)
            give(y).after(b)
        last().after(b)
"""
)

FALLBACKS = (
    STAGES
    + """
@pipeline
def case(bad: int = -1, worse: int = -1):
    with for_each([1, 2]) as size:
        base = fragile(size, bad).or_else(fragile(3, worse))
        with for_each([10, 20]) as y:
            a = fragile(add(base, y), bad).or_else(fragile(base, worse))
        s = total(collect(a)).or_else(give(-1))
        add(s, base)
    shown(collect(collect(a)))
"""
)

CHAINED = (
    STAGES
    + """
@pipeline
def case(sizes: list[int], bad: int = -1):
    with for_each(sizes) as size:
        with for_each(upto(size), max_parallel=2) as y:
            a = fragile(add(size, y), bad)
        s = total(collect(a))
        with for_each(collect(a)) as z:
            b = add(z, size)
            c = add(b, s)
        t = add(total(collect(c)), s)
    total(collect(t))
"""
)

DEEP = (
    STAGES
    + """
@stage
def deep(of: list[list[list[int]]]) -> str:
    return str(of)

@pipeline
def case(sizes: list[int], bad: int = -1, odd: int = 4):
    with for_each(sizes) as size:
        p = give(size)
        with for_each(upto(size)) as y:
            q = add(p, y)
            with when(q != odd):
                with for_each([10, 20]) as z:
                    a = fragile(add(q, z), bad)
                    b = add(a, p)
            w = add(total(collect(b)), p)
        total(collect(w))
    deep(collect(collect(collect(b))))
"""
)

ADDRESSES = """
@stage
def put(
    region: dict[str, str], seed: dict[str, str], out: Output[Dataset] = uri("{root}/each/{item_key}.txt")
) -> dict[str, str]:
    with open(out.path, "w") as file:
        file.write(region["name"] + seed["name"])
    return {"at": region["name"] + "{{ 2+2 }}" + seed["name"]}

@stage
def read(
    of: list[Input[Dataset]], told: list[dict[str, str]], out: Output[Dataset] = uri("{root}/all/{item_key}.txt")
) -> str:
    text = " ".join(open(each.path).read() for each in of)
    with open(out.path, "w") as file:
        file.write(text)
    return text + str(told)

@stage
def numbered(n: int, out: Output[Dataset] = uri("{root}/numbered/{item_key}.txt")) -> None:
    with open(out.path, "w") as file:
        file.write(str(n))

@stage
def every(texts: list[Input[Dataset]], told: list[list[dict[str, str]]]) -> str:
    return str([open(each.path).read() for each in texts]) + str(told)

@pipeline
def case(root: str):
    with for_each([{"name": "a"}, {"name": "b'\\"{{"}], key="name") as region:
        with for_each([{"name": "x"}, {"name": "y"}], key="name") as seed:
            p = put(region, seed)
        r = read(collect(p.out), collect(p))
    with for_each([1]) as at:
        with for_each([5, 6]) as ti:
            numbered(ti)
    every(collect(r.out), collect(collect(p)))
"""

#: The first loop's second stage waits for the second loop: of the stages after them, one stands between the two.
WOVEN = (
    STAGES
    + """
@pipeline
def case(sizes: list[int] = [2, 0, 3], bad: int = -1):
    with for_each(sizes) as n:
        with for_each(upto(n), max_parallel=1) as x:
            one = fragile(x, bad)
            two = give(x)
        with for_each(upto(n)) as y:
            other = give(y)
        after_one = total(collect(one))
        after_other = total(collect(other))
        two.after(after_other)
        both = add(after_one, after_other)
    total(collect(both))
"""
)

HOOKS = """
def note(line: str) -> None:
    with open(os.path.join(FOLDER, "hooks.txt"), "a") as file:
        file.write(line + "\\n")

def stage_failed(event: FailureEvent) -> None:
    note(f"{event.stage} {event.attempt}")

def ended(event: RunEvent) -> None:
    note(f"exit {event.state} {event.degraded} {sorted(event.failed)}")

@stage(on_failure=stage_failed)
def use(n: int, x: int, bad: int) -> int:
    if n + x == bad:
        raise ValueError("bad")
    return n

@pipeline(on_exit=ended)
def case(bad: int = -1, saved: int = -1):
    with for_each([1, 2]) as n:
        top = use(n, 0, bad)
        with for_each([10, 20]) as x:
            use(top, x, bad)
            use(top, x, saved).or_else(give(top))
"""


@pytest.mark.parametrize(
    ("params", "some"),
    [
        ({"sizes": [0, 1, 3, 2]}, {"fragile_2[2]": "skipped", "add[3][1]": "success", "total[0]": "success"}),
        ({"sizes": [1, 2], "bad": 2}, {"fragile_2[0][0]": "success", "fragile_2[1]": "upstream_failed"}),
        ({"sizes": [0, 2, 3], "behind": True}, {"add[1][0]": "upstream_failed", "last[0]": "upstream_failed"}),
        ({"sizes": [1], "go": False}, {"fragile_2": "skipped", "give_2": "success"}),
    ],
)
def test_conditions_around_and_in_both_loops(
    session: Session, tmp_path: Path, params: dict[str, Any], some: dict[str, str]
) -> None:
    answer = compare(session, generate(tmp_path, CONDITIONS), **params)
    assert some.items() <= states(answer).items()


@pytest.mark.parametrize(
    ("params", "failed", "instances"),
    [
        ({"bad": 1}, "fragile[0]", 4),
        ({"bad": 2, "inner": [5, 6]}, "fragile[1]", 12),
        ({"inner": [5]}, None, 8),
        ({"outer": []}, None, 0),
    ],
)
def test_a_failed_outer_item_fails_the_run_and_stops_no_other(
    session: Session, tmp_path: Path, params: dict[str, Any], failed: str | None, instances: int
) -> None:
    answer = compare(session, generate(tmp_path, ALONE), **params)
    assert (answer["state"] == "failed") is bool(failed)
    assert [name for name, state in states(answer).items() if state == "failed"] == [failed][: bool(failed)]
    assert len(answer["stages"]) == instances


@pytest.mark.parametrize(
    ("params", "run_state"), [({"bad": 1}, "success"), ({"bad": 22}, "success"), ({"bad": 1, "worse": 3}, "failed")]
)
def test_stand_ins_in_both_loops(session: Session, tmp_path: Path, params: dict[str, Any], run_state: str) -> None:
    answer = compare(session, generate(tmp_path, FALLBACKS), **params)
    assert answer["state"] == run_state


@pytest.mark.parametrize(
    ("params", "result"), [({"sizes": [2, 0, 1]}, 28), ({"sizes": [1, 2], "bad": 3}, None), ({"sizes": []}, 0)]
)
def test_an_inner_loop_over_what_another_one_gave(
    session: Session, tmp_path: Path, params: dict[str, Any], result: int | None
) -> None:
    answer = compare(session, generate(tmp_path, CHAINED), **params)
    assert seen(answer)["total_3"][2] == result


@pytest.mark.parametrize(("params", "result"), [({}, 8), ({"bad": 2}, None)])
def test_what_comes_between_two_inner_loops(
    session: Session, tmp_path: Path, params: dict[str, Any], result: int | None
) -> None:
    given = generate(tmp_path, WOVEN)
    assert verify(session, given.pipeline, given.folder).found == ()
    assert seen(compare(session, given, **params))["total_3"][2] == result


@pytest.mark.parametrize(
    ("params", "result"),
    [
        ({"sizes": [2, 0, 1, 4]}, "[[[14, 24], [15, 25]], [], [[12, 22]], [[19, 29], [20, 30], [21, 31]]]"),
        ({"bad": 13, "sizes": [1, 2]}, None),
    ],
)
def test_three_loops(session: Session, tmp_path: Path, params: dict[str, Any], result: str | None) -> None:
    answer = compare(session, generate(tmp_path, DEEP), **params)
    assert seen(answer)["deep"][2] == result


def test_addresses_and_artifacts(session: Session, tmp_path: Path) -> None:
    compare(session, generate(tmp_path, ADDRESSES), root=str(tmp_path / "data"))
    assert (tmp_path / "data" / "each" / "b'\"{{" / "y.txt").read_text() == "b'\"{{y"
    assert (tmp_path / "data" / "numbered" / "0" / "1.txt").read_text() == "6"


@pytest.mark.parametrize(
    ("params", "lines"),
    [
        ({"bad": 1}, ["use[0] 1", "exit failed False ['use[0]']"]),
        ({"bad": 22}, ["use_2[1][1] 1", "exit failed False ['use_2[1][1]']"]),
        ({"saved": 21}, ["use_3[0][1] 1", "exit success True ['use_3[0][1]']"]),
    ],
)
def test_hooks_are_told_which_items(session: Session, tmp_path: Path, params: dict[str, int], lines: list[str]) -> None:
    answer = run(session, generate(tmp_path, HOOKS.replace("FOLDER", repr(str(tmp_path)))), **params)
    assert (tmp_path / "hooks.txt").read_text().splitlines() == lines
    assert answer["hook_errors"] == []


def test_the_view_of_a_dag_is_that_of_the_pipeline(session: Session, tmp_path: Path) -> None:
    for source in (CONDITIONS, FALLBACKS, CHAINED, DEEP, ADDRESSES):
        given = generate(tmp_path, source)
        assert verify(session, given.pipeline, given.folder).found == ()
