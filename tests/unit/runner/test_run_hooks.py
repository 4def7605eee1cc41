"""Hooks in real processes: exactly once, after everything else, whatever happened."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.cli.outcome_table import as_text
from portable_pipeline.ir import Pipeline, Stage, to_json
from portable_pipeline.runner import run_locally
from tests.unit.runner.pipelines import hook, item, loop, pipeline, stage, when

CODE = """
from __future__ import annotations
import json, os, time
from typing import Any
from stage_runtime import FailureEvent, RunEvent

def note(hook: str, event: object) -> None:
    with open("told.jsonl", "a") as file:
        file.write(json.dumps([hook, type(event).__name__, event.__dict__]) + "\\n")

def on_stage(event: FailureEvent) -> None:
    time.sleep(0.2)
    note("stage", event)

def on_run(event: RunEvent) -> None:
    note("run", event)

def on_exit(event: RunEvent) -> None:
    note("exit", event)

def broken(event) -> None:
    print("trying")
    raise ConnectionError("no network")

def fine(value: Any = None) -> None: ...

def fails(value: Any = None) -> None:
    raise ValueError("broken")

def sleeps() -> None:
    with open("pid", "w") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield


def case(*stages: Stage, **settings: Any) -> Pipeline:
    hooks = {"on_exit": hook("on_exit"), "on_failure": hook("on_run")}
    return pipeline(CODE, *stages, **{**hooks, **settings})


def told() -> list[list[Any]]:
    return [json.loads(line) for line in Path("told.jsonl").read_text().splitlines()]


def hooks() -> list[str]:
    return [hook for hook, _, _ in told()]


def test_a_run_that_succeeds_tells_its_end() -> None:
    outcome = run_locally(case(stage("fine", on_failure=hook("on_stage"))))
    event = {"pipeline": "case", "run_id": outcome.run_id, "state": "success", "degraded": False, "failed": []}
    assert told() == [["exit", "RunEvent", event]]
    assert outcome.hook_errors == ()


def test_a_failure_is_told_once_after_the_last_retry_then_that_of_the_run_then_its_end() -> None:
    outcome = run_locally(
        case(
            stage("fails", takes={"value": item("l")}, block="l", retries=2, on_failure=hook("on_stage")),
            stage("after", function="fine", after=["fails"], on_failure=hook("on_stage")),
            blocks=(loop("l", x=[1]),),
        )
    )
    failure = {"pipeline": "case", "run_id": outcome.run_id, "stage": "fails[0]", "attempt": 3,
               "error": "ValueError: broken"}  # fmt: skip
    end = {"pipeline": "case", "run_id": outcome.run_id, "state": "failed", "degraded": False, "failed": ["fails[0]"]}
    assert told() == [["stage", "FailureEvent", failure], ["run", "RunEvent", end], ["exit", "RunEvent", end]]


def test_a_run_that_was_saved_tells_of_the_failure_and_that_it_is_degraded() -> None:
    outcome = run_locally(
        case(
            stage("fails", fallback="fine", on_failure=hook("on_stage")),
            stage("fine", stands_in_for="fails"),
        )
    )
    assert (outcome.state, outcome.degraded) == ("success", True)
    assert hooks() == ["stage", "exit"]
    assert told()[-1][2]["degraded"] is True
    assert told()[-1][2]["failed"] == ["fails"]
    assert as_text(outcome).endswith("\ncase on local: success, degraded\n")


def test_skipped_stages_are_no_failure() -> None:
    run_locally(case(stage("fine", block="never", on_failure=hook("on_stage")), blocks=(when("never", 1, ">", 2),)))
    assert hooks() == ["exit"]
    assert told()[0][2]["state"] == "success"


def test_a_hook_that_fails_is_told_and_changes_no_state() -> None:
    outcome = run_locally(case(stage("fails", on_failure=hook("broken")), stage("fine"), on_exit=hook("broken")))
    assert outcome.state == "failed"
    assert {each.id: each.state for each in outcome.stages} == {"fails": "failed", "fine": "success"}
    errors = [
        "on_failure of fails failed: ConnectionError: no network",
        "on_exit failed: ConnectionError: no network",
    ]
    assert outcome.hook_errors == tuple(errors)
    assert outcome.to_json()["hook_errors"] == errors
    text = as_text(outcome)
    assert all(f"\nhook {error}\n" in text for error in errors)
    assert text.endswith("\ncase on local: failed, 2 hooks failed\n")
    assert hooks() == ["run"]
    log = Path(".ppc", "runs", outcome.run_id, "on_exit.log").read_text()
    assert log.startswith("trying\nhook `on_exit` failed: ConnectionError: no network\n")


def test_a_good_run_whose_hook_fails_is_a_good_run() -> None:
    outcome = run_locally(case(stage("fine"), on_exit=hook("broken")))
    assert outcome.state == "success"
    assert as_text(outcome).endswith("\ncase on local: success, 1 hook failed\n")


def test_an_alert_does_not_wait_for_stages() -> None:
    waits = """
import os
def waits() -> bool:
    for _ in range(200):
        if os.path.exists("told.jsonl"):
            return True
        time.sleep(0.05)
    return False
"""
    stages = (stage("fails", on_failure=hook("on_stage")), stage("waits"))
    outcome = run_locally(pipeline(CODE + waits, *stages), max_parallel=1)
    assert {each.id: each.result for each in outcome.stages} == {"fails": None, "waits": True}


def test_hooks_are_called_when_the_time_of_the_run_is_up() -> None:
    begun = time.monotonic()
    outcome = run_locally(
        case(
            stage("sleeps", on_failure=hook("on_stage")),
            stage("never", function="fine", after=["sleeps"], on_failure=hook("on_stage")),
            timeout=timedelta(seconds=1),
        ),
        max_parallel=1,
    )
    assert time.monotonic() - begun < 6
    assert outcome.state == "failed"
    assert hooks() == ["stage", "run", "exit"]
    assert told()[0][2]["error"] == "the run timed out after 0:00:01"
    assert told()[2][2] == told()[1][2]
    assert told()[2][2]["state"] == "failed"
    with pytest.raises(ProcessLookupError):
        os.kill(int(Path("pid").read_text()), 0)


def test_a_hook_that_runs_when_the_run_is_stopped_goes_on_to_its_end() -> None:
    slow = CODE.replace("time.sleep(0.2)", "time.sleep(2)")
    stages = (stage("fails", on_failure=hook("on_stage")), stage("sleeps"))
    outcome = run_locally(pipeline(slow, *stages, timeout=timedelta(seconds=1.2), on_exit=hook("on_exit")))
    assert {each.id: each.state for each in outcome.stages} == {"fails": "failed", "sleeps": "failed"}
    assert (hooks(), outcome.hook_errors) == (["stage", "exit"], ())


INTERRUPTED = """
from pathlib import Path
from portable_pipeline.ir import from_json
from portable_pipeline.runner import run_locally
print(run_locally(from_json(Path("case.json").read_text())).state)
"""


def test_hooks_are_called_when_the_run_is_cancelled() -> None:
    Path("case.json").write_text(to_json(case(stage("sleeps", on_failure=hook("on_stage")))))
    with subprocess.Popen([sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 20
        while not (Path("pid").exists() and Path("pid").read_text().endswith("\n")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=15)
    assert output == "cancelled\n"
    assert hooks() == ["exit"]
    assert (told()[0][2]["state"], told()[0][2]["failed"]) == ("cancelled", [])
