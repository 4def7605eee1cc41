"""What `ppc run` says of runs with branches, stand-ins and hooks, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Called, write

Ppc = Callable[..., Called]

PIPELINE = '''
"""A gate, a fallback and hooks."""

from portable_pipeline import RunEvent, otherwise, pipeline, stage, when


@stage(timeout="1m")
def score() -> float:
    return 0.5


@stage(timeout="1m")
def deploy() -> str:
    return "new"


@stage(timeout="1m")
def keep() -> str:
    raise ValueError("nothing to keep")


@stage(timeout="1m")
def stay() -> str:
    return "old"


def tell(event: RunEvent) -> None:
    if event.degraded:
        raise ConnectionError("no network")


@pipeline(on_exit=tell)
def gate(least: float = 0.9):
    with when(score() >= least):
        deploy()
    with otherwise():
        keep().or_else(stay())
'''


@pytest.fixture
def gate(own_place: Path) -> Path:
    return write(own_place / "gate.py", PIPELINE)


def test_a_skipped_branch_is_no_failure(ppc: Ppc, gate: Path) -> None:
    ran = ppc("run", "gate.py", "-p", "least=0.4")
    assert ran.code == 0
    assert [line.split() for line in ran.out.splitlines()] == [
        ["stage", "state", "attempts", "result"],
        ["score", "success", "1", "0.5"],
        ["deploy", "success", "1", '"new"'],
        ["keep", "skipped", "0"],
        ["stay", "skipped", "0"],
        [],
        ["gate", "on", "local:", "success"],
    ]
    shown = json.loads(ppc("run", "gate.py", "-p", "least=0.4", "--output-format", "json").out)
    assert shown.keys() == {"pipeline", "engine", "run_id", "state", "stages"}


def test_a_run_that_was_saved_succeeds_and_says_how(ppc: Ppc, gate: Path) -> None:
    ran = ppc("run", "gate.py")
    assert ran.code == 0
    assert "`keep` failed after 1 attempt:" in ran.out
    assert ran.out.splitlines()[-3:] == [
        "hook on_exit failed: ConnectionError: no network",
        "",
        "gate on local: success, degraded, 1 hook failed",
    ]
    shown = json.loads(ppc("run", "gate.py", "--output-format", "json").out)
    assert shown["degraded"] is True
    assert shown["hook_errors"] == ["on_exit failed: ConnectionError: no network"]
    assert {each["id"]: each["state"] for each in shown["stages"]} == {
        "score": "success",
        "deploy": "skipped",
        "keep": "failed",
        "stay": "success",
    }


SECRETS = '''
"""A password that gets around."""

from portable_pipeline import pipeline, stage


@stage(timeout="1m")
def connect(password: str) -> dict[str, str]:
    return {"host": "db", "api_token": "t0ken-of-the-day", "greeting": f"welcome, {password}"}


@stage(timeout="1m", retries=1, retry_delay="0s")
def load(session: dict[str, str], password: str) -> int:
    raise ConnectionError(f"{session['api_token']} and {password} are refused")


@pipeline
def secretive(db_password: str = "hunter22"):
    load(connect(db_password).result, db_password)
'''


@pytest.mark.parametrize("output_format", ["text", "json"])
def test_secrets_are_not_printed(ppc: Ppc, own_place: Path, output_format: str) -> None:
    file = str(write(own_place / "secretive.py", SECRETS))
    for arguments in (["run", file], ["run", file, "-p", "db_password=correct horse"], ["resume", ""]):
        if arguments[0] == "resume":
            arguments[1] = json.loads(ppc("runs", "--output-format", "json").out)[0]["run_id"]
        called = ppc(*arguments, "--output-format", output_format)
        said = called.out + called.err
        assert called.code == 1
        assert "(hidden) and •••••• (hidden) are refused" in said
        assert [each for each in ("hunter22", "correct horse", "t0ken-of-the-day") if each in said] == []
