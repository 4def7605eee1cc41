"""Servers that never come as far as their job: that is told, and they can be ended."""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portable_pipeline.ir import Pipeline
from portable_pipeline.runner import StageChanged, run_locally, servers
from portable_pipeline.runner.observer import Silent
from tests.unit.runner.pipelines import pipeline, stage
from tests.unit.runner.test_isolation import assert_only, descendants

HANGS = """
import os, time
open("begun", "w").close()
while os.path.exists("hang"):
    time.sleep(0.02)

def works() -> int:
    return 1
"""


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    before = descendants()
    yield
    assert_only(before)


def hanging(**more: object) -> Pipeline:
    Path("hang").touch()
    return pipeline(HANGS, stage("works", **more))  # type: ignore[arg-type]


@pytest.mark.parametrize("timeout", [None, 60.0])
def test_a_run_whose_module_hangs_can_be_cancelled(timeout: float | None) -> None:
    def cancel() -> None:
        while not Path("begun").exists():
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGTERM)

    case, begun = hanging(timeout=timeout), time.monotonic()
    threading.Thread(target=cancel).start()
    outcome = run_locally(case)
    assert (outcome.state, outcome.stages[0].state) == ("cancelled", "cancelled")
    assert time.monotonic() - begun < 30


def test_an_import_that_does_not_end_fails_its_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mender(Silent):
        def changed(self, change: StageChanged) -> None:
            if change.state == "up_for_retry":
                told.append(change.error or "")
                Path("hang").unlink()

    told: list[str] = []
    monkeypatch.setattr(servers, "_IMPORT_SECONDS", 1.5)
    outcome = run_locally(hanging(timeout=1.0, retries=1), observer=Mender())
    assert told == ["its module was still being imported after 2.5 seconds"]
    assert [(each.state, each.attempts, each.result) for each in outcome.stages] == [("success", 2, 1)]


def test_what_an_import_takes_is_not_the_time_of_the_attempt() -> None:
    slow = "import time\ntime.sleep(1.5)\ndef works() -> int:\n    return 1\n"
    outcome = run_locally(pipeline(slow, stage("works", timeout=1.0)))
    assert [(each.state, each.error) for each in outcome.stages] == [("success", None)]


def test_a_process_that_cannot_be_started_fails_its_attempts() -> None:
    case = pipeline(HANGS, stage("works", retries=1), stage("next", function="works", after=["works"]))
    outcome = run_locally(case, python=Path("no/such/python"))
    states = [(each.id, each.state, each.attempts) for each in outcome.stages]
    assert states == [("works", "failed", 2), ("next", "upstream_failed", 0)]
    error = outcome.stages[0].error or ""
    assert error.startswith("no process can be started for it: [Errno 2] No such file or directory"), error


def test_a_log_that_cannot_be_written_is_told() -> None:
    code = """
import os, shutil

def removes() -> int:
    shutil.rmtree(".ppc")
    return 1

def works() -> int:
    print("what nobody will read")
    return 2
"""
    case = pipeline(code, stage("removes"), stage("works", after=["removes"]))
    outcome = run_locally(case, max_parallel=1)
    assert outcome.state == "failed"
    (error,) = (each.error or "" for each in outcome.stages if each.id == "works")
    assert error.startswith("its log cannot be written: [Errno 2] No such file or directory"), outcome


def test_whoever_has_many_files_open_can_run_pipelines() -> None:
    case, limits = (
        pipeline("def works() -> int:\n    return 1\n", stage("works")),
        resource.getrlimit(resource.RLIMIT_NOFILE),
    )
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, limits[1]), limits[1]))
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        assert run_locally(case).state == "success"
    finally:
        for file in files:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
