"""Loops whose items are at different places in Airflow itself: with a bound, with failures, with what comes late."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.engines.session import Session
from portable_pipeline.runner import run_locally
from tests.engines.airflow.test_control_flow import Generated, generate, run, session

__all__ = ["session"]
pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("airflow")]

BEGIN = """
def note(folder: str, name: str, x: int) -> None:
    with open(os.path.join(folder, "notes"), "a") as file:
        file.write(f"{time.time()} {name} {x}\\n")

@stage
def begin(x: int, folder: str) -> int:
    note(folder, "begin", x)
    time.sleep(1)
    if x == 2:
        note(folder, "end", x)
        raise ValueError("two")
    return x
"""

WINDOW = (
    BEGIN
    + """
@stage(retries=1, retry_delay="1s")
def finish(x: int, folder: str) -> int:
    if x == 3 and not os.path.exists(os.path.join(folder, "tried")):
        open(os.path.join(folder, "tried"), "w").close()
        raise ValueError("once more")
    note(folder, "end", x)
    return x

@stage
def skip_end(x: int, folder: str) -> None:
    note(folder, "end", x)

@pipeline
def case(folder: str, early: bool = False, values: list[int] = [0, 1, 2, 3, 4, 5]):
    n = late(1, early)
    with for_each(values, max_parallel=2) as x:
        begun = begin(x, folder)
        with when(begun != 4):
            finish(begun, folder)
        with otherwise():
            skip_end(begun, folder)
        add(begun, n)
"""
)

RETRIES = """
@stage(retries=1, retry_delay="1s")
def once_more(x: int, folder: str) -> int:
    tried = os.path.join(folder, f"tried{x}")
    with open(os.path.join(folder, "notes"), "a") as file:
        file.write(f"{time.time()} {'end' if os.path.exists(tried) else 'begin'} {x}\\n")
    if not os.path.exists(tried):
        open(tried, "w").close()
        raise ValueError("once more")
    return x

@pipeline
def case(folder: str):
    once_more.map(x=each([0, 1, 2]), folder=folder, max_parallel=1)
"""


CHECK = """
@stage
def check(x: int) -> int:
    if x == 0:
        raise ValueError("zero")
    return x
"""

LAST_EXPANDED = (
    CHECK
    + """
@pipeline
def case(folder: str):
    n = late(1, False)
    with for_each([0, 1, 2]) as x:
        add(check(x), n)
"""
)

JOIN = (
    BEGIN
    + CHECK
    + """
@pipeline
def case(folder: str):
    with for_each([0, 1, 2, 3]) as x:
        begun = begin(x, folder)
        with when(begun != 1):
            one = check(begun)
        with otherwise():
            other = give(x)
        add(first_of(one, other), 1)
"""
)


NESTED = (
    BEGIN
    + """
@stage
def finish(x: int, folder: str) -> int:
    note(folder, "end", x)
    return x

@pipeline
def case(folder: str):
    with for_each([0, 10]) as tens:
        outer = give(tens)
        with for_each([3, 4, 5], max_parallel=2) as ones:
            finish(begin(add(outer, ones), folder), folder)
"""
)


def most_at_once(notes: Path) -> int:
    """How many items were in progress at once, at the most."""
    going: set[str] = set()
    most = 0
    for line in sorted(notes.read_text().splitlines(), key=lambda each: float(each.split()[0])):
        _, name, item = line.split()
        going = going | {item} if name == "begin" else going - {item}
        most = max(most, len(going))
    return most


def on_both(session: Session, given: Generated, folder: Path, **params: Any) -> dict[str, tuple[str, int]]:
    """States and attempts in Airflow, which are those of the local runner; each writes its notes for itself."""
    folders = {name: folder / name for name in ("local", "airflow")}
    for each in folders.values():
        each.mkdir()
    expected = run_locally(given.pipeline, {"folder": str(folders["local"]), **params}, project=folder / "runs")
    answer = run(session, given, folder=str(folders["airflow"]), **params)
    found = {each["id"]: (each["state"], each["attempts"]) for each in answer["stages"]}
    assert found == {each.id: (each.state, each.attempts) for each in expected.stages}
    assert answer["state"] == expected.state
    return found


def test_items_in_progress_whatever_becomes_of_them(session: Session, tmp_path: Path) -> None:
    found = on_both(session, generate(tmp_path, WINDOW), tmp_path)
    assert most_at_once(tmp_path / "airflow" / "notes") == 2
    assert found["finish[2]"] == ("upstream_failed", 0)
    assert found["finish[3]"] == ("success", 2)
    assert found["skip_end[4]"] == found["finish[5]"] == ("success", 1)


def test_items_whose_first_stage_is_never_to_run(session: Session, tmp_path: Path) -> None:
    found = on_both(session, generate(tmp_path, WINDOW), tmp_path, early=True)
    assert found["add[5]"] == ("upstream_failed", 0)
    assert found["finish[5]"] == ("success", 1)


@pytest.mark.parametrize("values", [[], [0]])
def test_fewer_items_than_may_be_in_progress(session: Session, tmp_path: Path, values: list[int]) -> None:
    found = on_both(session, generate(tmp_path, WINDOW), tmp_path, values=values)
    assert [each for each in found if each.startswith("begin")] == [f"begin[{each}]" for each in values]


def test_an_item_that_waits_for_its_next_attempt_keeps_its_place(session: Session, tmp_path: Path) -> None:
    found = on_both(session, generate(tmp_path, RETRIES), tmp_path)
    assert set(found.values()) == {("success", 2)}
    assert most_at_once(tmp_path / "airflow" / "notes") == 1


def test_the_other_items_end_though_the_first_is_decided_when_all_are_expanded(
    session: Session, tmp_path: Path
) -> None:
    found = on_both(session, generate(tmp_path, LAST_EXPANDED), tmp_path)
    assert [found[f"add[{item}]"] for item in range(3)] == [("upstream_failed", 0), ("success", 1), ("success", 1)]


def test_a_join_in_a_loop_goes_by_its_own_item(session: Session, tmp_path: Path) -> None:
    found = on_both(session, generate(tmp_path, JOIN), tmp_path)
    states = [found[f"add[{item}]"][0] for item in range(4)]
    assert states == ["upstream_failed", "success", "upstream_failed", "success"]


def test_the_items_of_a_loop_in_a_loop_take_turns(session: Session, tmp_path: Path) -> None:
    found = on_both(session, generate(tmp_path, NESTED), tmp_path)
    assert found["finish[1][2]"] == ("success", 1)
    assert most_at_once(tmp_path / "airflow" / "notes") == 2
