"""Who is told what when a run ends in the middle, run by Prefect itself."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from portable_pipeline.engines.session import Session
from tests.engines.prefect.runs import Runs

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("prefect")]

HOOKS = """\
from portable_pipeline import FailureEvent, RunEvent

TOLD = "FOLDER/told"

def alert(event: FailureEvent) -> None:
    note(TOLD, f"alert {event.stage} {event.attempt} {event.error}")

def broken(event: FailureEvent) -> None:
    raise ValueError("no hook")

def over(event: RunEvent) -> None:
    note(TOLD, f"over {event.state} {event.failed}")

def lost(event: RunEvent) -> None:
    note(TOLD, f"lost {event.state} {event.failed}")

"""

STAGES = """\
@stage(retries=1, retry_delay="0s", on_failure=alert)
def one(log: str, fails: bool) -> None:
    if fails:
        raise ValueError("no")

@stage(on_failure=broken)
def two(log: str, fails: bool) -> None:
    if fails:
        raise ValueError("no")

@stage(on_failure=alert)
def slow(log: str, seconds: float) -> None:
    note(log, "slow")
    time.sleep(seconds)

@stage(on_failure=alert)
def after(log: str) -> None: ...

@pipeline(on_exit=over, on_failure=lost)
def hooks(log: str, a: bool = False, b: bool = False, seconds: float = 0.0):
    one(log, a)
    two(log, b)
    after(log).after(slow(log, seconds))
"""

OUT_OF_TIME = """\
@stage(on_failure=alert)
def item(log: str, n: int) -> None:
    note(log, f"item {n}")
    time.sleep(60)

@stage(retries=1, retry_delay="10s", on_failure=alert)
def again(log: str) -> None:
    raise ValueError("later")

@pipeline(on_exit=over, on_failure=lost, timeout="4s")
def out_of_time(log: str):
    with for_each([1, 2, 3], max_parallel=1) as n:
        item(log, n)
    again(log)
"""

CANCELS = """\
import json, os, signal
from urllib.request import Request, urlopen

def post(path: str, body: dict) -> object:
    request = Request(f"{os.environ['PREFECT_API_URL']}{path}", json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    with urlopen(request) as answer:
        return json.load(answer)

def runner() -> int:
    pid = os.getpid()
    while not open(f"/proc/{pid}/cmdline").read().rstrip(chr(0)).endswith("driver.py"):
        pid = int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])
    return pid

def cancel(politely: bool) -> None:
    running = {"flow_runs": {"state": {"type": {"any_": ["RUNNING"]}}}}
    (run,) = post("/flow_runs/filter", running)
    if politely:
        post(f"/flow_runs/{run['id']}/set_state", {"state": {"type": "CANCELLING"}, "force": True})
    os.kill(runner(), signal.SIGTERM)
    time.sleep(60)

"""

CANCELLED = f"""\
{CANCELS}
@stage(on_failure=alert)
def cancels(log: str, politely: bool) -> None:
    cancel(politely)

@stage(on_failure=alert)
def after(log: str) -> None: ...

@pipeline(on_exit=over, on_failure=lost)
def cancelled(log: str, politely: bool):
    after(log).after(cancels(log, politely))
"""

CANCELLED_ALONE = f"""\
{CANCELS}
@stage
def done(log: str) -> None:
    note(log, "done")

@stage(retries=2, retry_delay="0s")
def waits(log: str) -> int:
    note(log, "waits")
    time.sleep(60)

@stage(retries=1, retry_delay="0s")
def cancels(log: str) -> None:
    while len(open(log).read().split()) < 2:
        time.sleep(0.05)
    time.sleep(2)  # the process of `done` ends
    cancel(politely=True)

@stage
def stand_in(log: str) -> int:
    note(log, "stand in")
    return 1

@stage
def after(log: str, value: int) -> None:
    note(log, "after")

@pipeline
def cancelled_alone(log: str):
    done(log)
    cancels(log)
    after(log, waits(log).or_else(stand_in(log)))
"""


@pytest.fixture
def told(tmp_path: Path) -> Path:
    return tmp_path / "told"


def runs(session: Session, folder: Path, name: str, source: str) -> Runs:
    found = Runs(session, folder, name, HOOKS.replace("FOLDER", str(folder)) + source)
    assert not (folder / "told").exists()  # loading has told nobody
    return found


def test_hooks_are_told_once_and_change_nothing(session: Session, tmp_path: Path, told: Path) -> None:
    case = runs(session, tmp_path, "hooks", STAGES)
    answer, _, _ = case.run()
    assert (answer["state"], answer["hook_errors"]) == ("success", [])
    assert told.read_text().splitlines() == ["over success []"]

    told.unlink()
    answer, states, _ = case.run(a=True, b=True)
    assert (answer["state"], states) == (
        "failed", {"one": "failed", "two": "failed", "slow": "success", "after": "success"},
    )  # fmt: skip
    assert told.read_text().splitlines() == [
        "alert one 2 ValueError: no", "lost failed ['one', 'two']", "over failed ['one', 'two']",
    ]  # fmt: skip
    assert answer["hook_errors"] == ["on_failure of two failed: ValueError: no hook"]


def test_a_run_that_is_refused_is_none_and_tells_nobody(session: Session, tmp_path: Path, told: Path) -> None:
    answer, states, noted = runs(session, tmp_path, "hooks", STAGES).run(seconds="long")
    assert answer["state"] == "failed"
    assert "seconds" in answer["error"]
    assert ({*states.values()}, noted) == ({"cancelled"}, [])
    assert not told.exists()


def test_of_a_run_that_is_out_of_time_only_what_ran_raises_an_alert(
    session: Session, tmp_path: Path, told: Path
) -> None:
    began = time.monotonic()
    answer, states, noted = runs(session, tmp_path, "out_of_time", OUT_OF_TIME).run()
    assert time.monotonic() - began < 40.0
    assert answer["state"] == "failed"
    assert noted == ["item 1"]
    assert states == {"item[0]": "failed", "item[1]": "cancelled", "item[2]": "cancelled", "again": "cancelled"}
    assert {each["id"]: each["attempts"] for each in answer["stages"]} == {
        "item[0]": 1, "item[1]": 0, "item[2]": 0, "again": 1,
    }  # fmt: skip
    assert told.read_text().splitlines() == [
        "alert item[0] 1 was killed", "lost failed ['item[0]']", "over failed ['item[0]']",
    ]  # fmt: skip


def test_a_run_that_is_cancelled_has_not_failed(session: Session, tmp_path: Path, told: Path) -> None:
    case = runs(session, tmp_path, "cancelled", CANCELLED)
    answer, states, _ = case.run(politely=True)
    assert (answer["state"], states) == ("cancelled", {"cancels": "cancelled", "after": "cancelled"})
    assert told.read_text().splitlines() == ["over cancelled []"]


def test_nor_have_the_stages_of_a_pipeline_without_hooks(session: Session, tmp_path: Path) -> None:
    case = Runs(session, tmp_path, "cancelled_alone", CANCELLED_ALONE)
    answer, states, noted = case.run()
    ended = dict.fromkeys(("cancels", "waits", "stand_in", "after"), "cancelled")
    assert (answer["state"], states) == ("cancelled", {"done": "success", **ended})
    assert sorted(noted) == ["done", "waits"]
    assert {each["id"]: each["attempts"] for each in answer["stages"]} == {
        "done": 1, "cancels": 1, "waits": 1, "stand_in": 0, "after": 0,
    }  # fmt: skip


def test_a_run_whose_process_is_terminated_has_failed(session: Session, tmp_path: Path, told: Path) -> None:
    case = runs(session, tmp_path, "cancelled", CANCELLED)
    answer, states, _ = case.run(politely=False)
    assert (answer["state"], states) == ("failed", {"cancels": "failed", "after": "cancelled"})
    assert told.read_text().splitlines() == [
        "alert cancels 1 was killed", "lost failed ['cancels']", "over failed ['cancels']",
    ]  # fmt: skip
