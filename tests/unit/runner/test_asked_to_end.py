"""Stages that, when they are asked to end, end as if they had done their work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from portable_pipeline.ir import Pipeline
from portable_pipeline.runner import StageChanged, run_locally
from portable_pipeline.runner.observer import Silent
from tests.unit.runner.pipelines import pipeline, stage

CODE = """
import signal, time
from pathlib import Path

def half(out):
    asked = []
    signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
    Path(out.path).write_text("half of it")
    Path("begun").touch()
    while not asked:
        time.sleep(0.01)
    Path("returned").touch()
    return 1
"""
# What it starts when it is asked to end would be asked as well.
SHELL = "echo half of it > {out.path}; trap ': > returned; exit 0' TERM; : > begun; while :; do sleep 0.05; done"


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("out.txt").write_text("of before", encoding="utf-8")


def case(command: str | None, timeout: float) -> Pipeline:
    writes = {"out": str(Path("out.txt").absolute())}
    return pipeline(CODE, stage("half", writes=writes, timeout=timeout, command=command))


@pytest.mark.parametrize("command", [None, SHELL], ids=["function", "command"])
def test_what_has_timed_out_leaves_what_was_there(command: str | None) -> None:
    outcome = run_locally(case(command, 2))
    assert outcome.stages[0].error == "timed out after 0:00:02"
    assert Path("returned").exists()
    assert Path("out.txt").read_text(encoding="utf-8") == "of before"


@pytest.mark.parametrize("command", [None, SHELL], ids=["function", "command"])
def test_what_was_cancelled_leaves_what_was_there(command: str | None) -> None:
    class Impatient(Silent):
        def changed(self, change: StageChanged) -> None:
            if change.state == "running":
                os.spawnlp(
                    os.P_NOWAIT, "sh", "sh", "-c", f"until [ -e begun ]; do sleep 0.05; done; kill {os.getpid()}"
                )

    outcome = run_locally(case(command, 60), observer=Impatient())
    assert (outcome.state, outcome.stages[0].state) == ("cancelled", "cancelled")
    assert Path("returned").exists()
    assert Path("out.txt").read_text(encoding="utf-8") == "of before"
