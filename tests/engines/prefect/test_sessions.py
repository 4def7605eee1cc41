"""One Prefect process for many runs: nothing of a run, or of the process, is left behind."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.backend import backend
from portable_pipeline.engines.environments import require
from portable_pipeline.engines.session import Session
from tests.contract.observed import alive
from tests.engines.prefect.flows import generate

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("prefect")]

PATIENCE_SECONDS = 10.0


def run(session: Session, code: Path, timeout_s: float = 120.0, **params: Any) -> dict[str, Any]:
    request = {
        "op": "run", "folder": str(code), "file": "slow_flow.py", "params": params,
        "date": "2026-01-05", "timeout_s": timeout_s,
    }  # fmt: skip
    return session.ask(request, 200.0)


def pids(folder: Path) -> list[int]:
    return [int(each) for each in (folder / "pids").read_text().split()]


def all_gone(processes: list[int]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(map(alive, processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(alive, processes))


def test_flows_of_the_same_name_do_not_mix(session: Session, tmp_path: Path) -> None:
    first, second = generate(tmp_path / "a", "first"), generate(tmp_path / "b", "second")
    results = [run(session, code, folder=str(tmp_path))["stages"][0]["result"] for code in (first, second, first)]
    assert results == ["first 2026-01-05", "second 2026-01-05", "first 2026-01-05"]


def test_a_flow_that_is_generated_anew_is_loaded_anew(session: Session, tmp_path: Path) -> None:
    results = []
    for version in ("1st", "2nd", "3rd"):  # of the same length, within a second: stale bytecode would not show
        generate(tmp_path / "a", version)
        results.append(run(session, tmp_path / "a", folder=str(tmp_path))["stages"][0]["result"])
    assert results == ["1st 2026-01-05", "2nd 2026-01-05", "3rd 2026-01-05"]


def test_a_run_that_is_terminated_takes_its_attempts_with_it(session: Session, tmp_path: Path) -> None:
    generate(tmp_path / "a", "v")
    began = time.monotonic()
    answer = run(session, tmp_path / "a", timeout_s=4.0, folder=str(tmp_path), seconds=500.0)
    assert time.monotonic() - began < 60.0
    assert (answer["state"], answer["stages"][0]["state"]) == ("failed", "failed")
    assert all_gone(pids(tmp_path))
    (tmp_path / "pids").unlink()
    assert run(session, tmp_path / "a", folder=str(tmp_path))["state"] == "success"


def test_a_file_that_does_not_load_is_an_error_that_names_it(session: Session, tmp_path: Path) -> None:
    generate(tmp_path / "a", "v")
    (tmp_path / "a" / "slow_flow.py").write_text("import no_such_module\n")
    errors = session.load(tmp_path / "a", "slow_flow.py")["errors"]
    assert "no_such_module" in errors[0]


def test_nothing_outlives_a_driver_that_is_killed(tmp_path: Path) -> None:
    generate(tmp_path / "a", "v")
    target = backend("prefect")
    environment = {**os.environ, "PREFECT_LOGGING_LEVEL": "CRITICAL"}
    driver = subprocess.Popen(
        [str(require(target).python), str(target.engine.driver)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
    )  # fmt: skip
    assert driver.stdin
    assert driver.stdout
    params = {"folder": str(tmp_path), "seconds": 500.0}
    for request in (
        {"op": "init", "home": str(tmp_path / "home"), "cache": str(tmp_path / "cache")},
        {"op": "run", "folder": str(tmp_path / "a"), "file": "slow_flow.py", "params": params, "timeout_s": 500.0},
    ):
        driver.stdin.write(json.dumps(request) + "\n")
        driver.stdin.flush()
    while not (tmp_path / "pids").exists():
        assert driver.poll() is None
        time.sleep(0.1)
    children = children_of(driver.pid)
    assert children
    driver.kill()
    driver.wait()
    driver.stdin.close()
    driver.stdout.close()
    assert all_gone([*children, *pids(tmp_path)])


def children_of(parent: int) -> list[int]:
    tasks = Path(f"/proc/{parent}/task").iterdir()
    return [int(each) for task in tasks for each in (task / "children").read_text().split()]
