"""Runs that are kept: listed, shown, resumed, cancelled, removed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.redaction import HIDDEN
from portable_pipeline.runner import execute
from portable_pipeline.runner.messages import StageKept
from portable_pipeline.runner.resuming import kept_stages
from portable_pipeline.store import Project
from tests.unit.cli.conftest import Called

Ppc = Callable[..., Called]
PPC = Path(sys.executable).with_name("ppc")

BROKEN = '''
from pathlib import Path

from portable_pipeline import pipeline, stage


@stage(timeout="1m")
def first(n: int) -> int:
    """Prints something."""
    print("first sees", n)
    return n


@stage(timeout="1m")
def second(n: int) -> int:
    """Fails until it is mended."""
    print("second tries")
    if not Path("mended").exists():
        raise ValueError(f"{n} is too much")
    return n + 1


@pipeline
def broken(n: int = 3):
    """Two stages."""
    second(first(n))
'''
ENDLESS = '''
import time

from portable_pipeline import pipeline, stage


@stage(timeout="1m")
def waits() -> None:
    """Never ends."""
    time.sleep(60)


@pipeline
def endless():
    """One stage."""
    waits()
'''


@pytest.fixture
def failed(ppc: Ppc, own_place: Path) -> str:
    """A run whose second stage has failed."""
    (own_place / "broken.py").write_text(BROKEN, encoding="utf-8")
    called = ppc("run", "broken.py", "--date", "2026-01-05", "--output-format", "json")
    run: str = json.loads(called.out)["run_id"]
    assert called.code == 1
    return run


def test_a_failed_run_says_how_to_go_on(ppc: Ppc, failed: str) -> None:
    called = ppc("run", "broken.py")
    (newest, _) = Project(Path(".ppc")).runs()
    assert f"\nto go on with it: ppc resume {newest.id}\n" in called.out


def test_runs_are_listed(ppc: Ppc, failed: str) -> None:
    called = ppc("runs")
    assert called.code == 0
    head, line, *rest = called.out.splitlines()
    assert head.split() == ["run", "pipeline", "date", "state", "began", "took"]
    assert line.split()[:4] == [failed, "broken", "2026-01-05", "failed"]
    assert rest == []
    assert ppc("runs", "--state", "success").out == "no runs\n"
    assert ppc("runs", "--since", "2100-01-01").out == "no runs\n"
    (listed,) = json.loads(ppc("runs", "--pipeline", "broken", "--output-format", "json").out)
    assert (listed["run_id"], listed["state"], listed["sessions"]) == (failed, "failed", 1)


def test_a_run_is_shown(ppc: Ppc, failed: str) -> None:
    text = ppc("show", failed[:20]).out
    assert text.startswith(f"{failed}: broken, failed\n")
    assert "\nparameter  value\nn          3\n" in text
    assert "\nfirst   success  1" in text
    assert "`second`, attempt 1, failed:\n  Traceback (most recent call last):\n" in text
    assert "ValueError: 3 is too much\n" in text
    assert 'raise ValueError(f"{n} is too much")' in text
    assert ppc("show", failed, "--logs", "first").out == "--- first, attempt 1: success\nfirst sees 3\n"
    shown = json.loads(ppc("show", failed, "--output-format", "json").out)
    assert [each["id"] for each in shown["stages"]] == ["first", "second"]
    (attempt,) = shown["stages"][1]["attempts"]
    assert (attempt["number"], attempt["state"], attempt["error"]) == (1, "failed", "ValueError: 3 is too much")
    assert shown["stages"][0]["returned"] == {"result": 3}


def test_unknown_runs_and_stages_are_told(ppc: Ppc, failed: str) -> None:
    unknown = ppc("show", "nothing")
    assert (unknown.code, "error[PPC482]: there is no run `nothing`" in unknown.err) == (1, True)
    stage = ppc("show", failed, "--logs", "frist")
    assert (stage.code, "did you mean `first`" in stage.err) == (1, True)


def test_names_that_are_no_text_are_unknown(failed: str) -> None:
    for arguments in (["show"], ["resume"], ["cancel"], ["report"], ["show", failed, "--logs"], ["runs", "--pipeline"]):
        called = subprocess.run([PPC, *arguments, b"\xff2026"], capture_output=True, check=False)
        told = called.stdout == b"no runs\n" if "runs" in arguments else b"\\udcff2026" in called.stderr
        assert (told, b"Traceback" in called.stderr, b"PPC900" in called.stderr) == (True, False, False), called


def test_nobody_else_goes_on_with_a_run_that_is_looked_at(
    ppc: Ppc, failed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_at(*arguments: Any, **settings: Any) -> dict[str, StageKept]:
        found = kept_stages(*arguments, **settings)
        other = subprocess.run([PPC, "resume", failed], capture_output=True, check=False)
        assert (other.returncode, b"error[PPC484]" in other.stderr) == (1, True), other
        return found

    Path("mended").touch()
    monkeypatch.setattr(execute, "kept_stages", looked_at)
    called = ppc("resume", failed)
    assert called.code == 0, called.err
    ((stage, attempts),) = [
        (each.id, each.attempts) for each in Project(Path(".ppc")).stages(failed) if each.id == "second"
    ]
    assert (stage, attempts) == ("second", 2)


def test_a_run_is_resumed_from_another_folder(
    ppc: Ppc, failed: str, own_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = own_place / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    Path("mended").touch()
    called = ppc("resume", failed, "--project", str(own_place / ".ppc"))
    assert called.code == 0, called.err
    assert called.out.endswith("\nbroken on local: success\n")
    logs = ppc("show", failed, "--project", str(own_place / ".ppc"), "--logs", "second").out
    assert logs.startswith("--- second, attempt 1: failed\nsecond tries\n")
    assert logs.endswith("--- second, attempt 2: success\nsecond tries\n")
    again = ppc("resume", failed, "--project", str(own_place / ".ppc"))
    assert (again.code, "PPC486" in again.err) == (1, True)


def test_a_pipeline_that_has_moved_is_named(ppc: Ppc, failed: str) -> None:
    Path("broken.py").rename("moved.py")
    Path("mended").touch()
    assert ppc("resume", failed).code == 1
    assert ppc("resume", failed, "--file", "moved.py").code == 0


def started(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A run that has begun its stage and does not end, in another process."""
    (folder / "endless.py").write_text(ENDLESS, encoding="utf-8")
    process = subprocess.Popen([str(PPC), "run", "endless.py"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        project = Project(folder / ".ppc")
        found = project.runs()
        if found and project.attempts(found[0].id):
            return process, found[0].id
        time.sleep(0.05)
    raise AssertionError("the run has not begun")


def test_a_run_of_another_process_is_cancelled(ppc: Ppc, own_place: Path) -> None:
    process, run = started(own_place)
    shown = ppc("resume", run)
    assert (shown.code, f"process {process.pid} works on run `{run}`" in shown.err) == (1, True)
    assert ppc("gc", "--days", "0").out == "nothing to remove\n"
    called = ppc("cancel", run)
    assert (called.code, called.out) == (0, f"{run}: cancelled\n")
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "endless on local: cancelled" in out.decode()
    assert ppc("cancel", run).out == f"{run}: cancelled\n"
    told = json.loads(ppc("cancel", run, "--output-format", "json").out)
    assert told == json.loads(ppc("runs", "--output-format", "json").out)[0]
    assert (told["run_id"], told["state"]) == (run, "cancelled")


def test_a_run_whose_process_was_killed_is_interrupted_until_it_is_cancelled(ppc: Ppc, own_place: Path) -> None:
    process, run = started(own_place)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    deadline = time.monotonic() + 10  # a child that it had just forked may live a moment longer
    while (states := [each.state for each in Project(own_place / ".ppc").runs()]) != ["interrupted"]:
        assert time.monotonic() < deadline, states
    assert ppc("cancel", run).out == f"{run}: cancelled\n"
    assert [each.state for each in Project(own_place / ".ppc").runs()] == ["cancelled"]


def test_old_runs_are_removed(ppc: Ppc, failed: str, own_place: Path) -> None:
    assert ppc("gc").out == "nothing to remove\n"
    (own_place / ".ppc" / "runs" / "left").mkdir()
    would = ppc("gc", "--days", "0", "--dry-run").out
    assert would == f"would remove {failed} (broken, failed)\nwould remove left (no run of that id is known)\n"
    told = json.loads(ppc("gc", "--days", "0", "--dry-run", "--output-format", "json").out)
    assert told == {
        "dry_run": True,
        "runs": json.loads(ppc("runs", "--output-format", "json").out),
        "orphans": ["left"],
        "leftovers": [],
    }
    assert ppc("gc", "--days", "0").out == would.replace("would remove", "removed")
    assert ppc("runs").out == "no runs\n"
    assert list((own_place / ".ppc" / "runs").iterdir()) == []


def test_the_folder_of_runs_can_be_named(ppc: Ppc, own_place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (own_place / "broken.py").write_text(BROKEN, encoding="utf-8")
    monkeypatch.setenv("PPC_PROJECT", str(own_place / "kept"))
    ppc("run", "broken.py")
    assert len(Project(own_place / "kept").runs()) == 1
    assert not (own_place / ".ppc").exists()
    (own_place / "file").touch()
    refused = ppc("run", "broken.py", "--project", "file")
    assert (refused.code, "error[PPC480]: the runs in" in refused.err, refused.out) == (1, True, "")


def test_secrets_are_not_shown(ppc: Ppc, own_place: Path) -> None:
    (own_place / "logs_in.py").write_text(
        '''
from portable_pipeline import pipeline, stage


@stage(timeout="1m")
def log_in(api_token: str, port: int) -> dict[str, str]:
    """Tells everybody."""
    print(f"{api_token=}")
    if port:
        raise ValueError(f"no {api_token} at {port}")
    return {"answer": f"hello {api_token}", "password": "sesame"}


@pipeline
def logs_in(api_token: str, port: int = 8080):
    """One stage."""
    log_in(api_token, port)
''',
        encoding="utf-8",
    )
    for port in (8080, 0):
        ppc("run", "logs_in.py", "-p", "api_token=tr1cky", "-p", f"port={port}")
    ended, failed = Project(Path(".ppc")).runs()
    for run in (ended, failed):
        for arguments in ((), ("--logs", "log_in"), ("--output-format", "json")):
            shown = ppc("show", run.id, *arguments)
            assert (shown.code, "tr1cky" in shown.out, "sesame" in shown.out) == (0, False, False), shown.out
            assert HIDDEN in shown.out
    text = ppc("show", failed.id).out
    assert "\nparameter  value\napi_token  •••••• (hidden)\nport       8080\n" in text
    assert "ValueError: no •••••• (hidden) at 8080\n" in text
    told = json.loads(ppc("show", ended.id, "--output-format", "json").out)
    assert told["parameters"] == {"api_token": HIDDEN, "port": 0}
    (stage,) = told["stages"]
    assert stage["returned"] == {"result": {"answer": f"hello {HIDDEN}", "password": HIDDEN}}
    assert [each["state"] for each in stage["attempts"]] == ["success"]
