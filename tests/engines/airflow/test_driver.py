"""One Airflow process for many runs: nothing of a run, or of the process, is left behind."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.backend import backend
from portable_pipeline.codegen.writing import changes, write
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.engines.environments import require
from portable_pipeline.engines.home import cache_folder
from portable_pipeline.engines.session import Session
from tests.contract.observed import alive
from tests.contract.subjects import captured

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("airflow")]

PATIENCE_SECONDS = 10.0
SLOW = """
import os, subprocess, time
from portable_pipeline import pipeline, stage

@stage(timeout="10m")
def work(folder: str, seconds: float) -> str:
    child = subprocess.Popen(["sleep", "600"])
    with open(os.path.join(folder, "pids"), "a") as file:
        file.write(f"{os.getpid()} {child.pid}\\n")
    time.sleep(seconds)
    return "VERSION"

@pipeline(TIMEOUT)
def slow(folder: str, seconds: float = 0.0):
    work(folder=folder, seconds=seconds)
"""

#: A fork that clears its memory away, when all threads of what its parent has run are over.
FORKS = """
import gc, os, sys, time
from pathlib import Path
from driver import init

init(*map(Path, sys.argv[1:]))
time.sleep(3)
if os.fork() == 0:
    began = time.monotonic()
    gc.collect()
    print(time.monotonic() - began, flush=True)
    os._exit(0)
os.wait()
"""

#: The second attempt begins when Airflow's API has heard of the first one's end, and runs as that one's process ends.
LINGERS = """
import time
from datetime import timedelta
from airflow.sdk import dag, task

def linger(context):
    time.sleep(3)

@task(task_id="work", retries=5, retry_delay=timedelta(0), on_retry_callback=linger)
def work(ti):
    if ti.try_number == 1:
        raise ValueError("first")
    time.sleep(8)

@dag(dag_id="lingers", schedule=None)
def lingers():
    work()

lingers()
"""

#: Airflow itself fails when the task has ended.
BREAKS = """
from airflow.sdk import dag, task
from airflow.sdk.execution_time.supervisor import InProcessTestSupervisor

def breaks(*_):
    raise RuntimeError("no disk")

@task(task_id="work")
def work():
    InProcessTestSupervisor.update_task_state_if_needed = breaks

@dag(dag_id="breaks", schedule=None)
def breaking():
    work()

breaking()
"""


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(backend("airflow")) as started:
        yield started


def generate(folder: Path, version: str, timeout: str = "") -> Path:
    """The DAG `slow` in a folder of its own."""
    folder.mkdir(exist_ok=True)
    file = folder / "slow.py"
    file.write_text(SLOW.replace("VERSION", version).replace("TIMEOUT", timeout))
    files = compile_pipeline(captured(file), backend("airflow"))
    write(folder / "dags", changes(folder / "dags", files, files[-1].path))
    return folder / "dags"


def run(
    session: Session,
    dags: Path,
    *,
    file: str = "slow_dag.py",
    timeout_s: float = 120.0,
    date: str = "2026-01-05",
    **params: Any,
) -> dict[str, Any]:
    asked = {"op": "run", "folder": str(dags), "file": file, "params": params}
    return session.ask({**asked, "date": date, "timeout_s": timeout_s}, 200.0)


def pids(folder: Path) -> list[int]:
    return [int(each) for each in (folder / "pids").read_text().split()]


def all_gone(processes: list[int]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(map(alive, processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(alive, processes))


def test_dags_of_the_same_name_do_not_mix(session: Session, tmp_path: Path) -> None:
    first, second = generate(tmp_path / "a", "first"), generate(tmp_path / "b", "second")
    results = [run(session, dags, folder=str(tmp_path))["stages"][0]["result"] for dags in (first, second, first)]
    assert results == ["first", "second", "first"]


def test_runs_of_one_date_are_runs_of_their_own(session: Session, tmp_path: Path) -> None:
    dags = generate(tmp_path / "a", "v")
    stages = [run(session, dags, folder=str(tmp_path))["stages"] for _ in range(2)]
    assert stages == [[{"id": "work", "state": "success", "attempts": 1, "result": "v"}]] * 2


def test_a_timeout_counts_from_the_start_whatever_the_date(session: Session, tmp_path: Path) -> None:
    dags = generate(tmp_path / "a", "v", "timeout='4s'")
    for number, date in enumerate(("2020-01-01", "2099-01-01")):
        began = time.monotonic()
        folder = tmp_path / str(number)
        folder.mkdir()
        answer = run(session, dags, date=date, folder=str(folder), seconds=500.0)
        assert 4.0 <= time.monotonic() - began < 60.0
        assert "timeout of 4 s" in answer["error"]
        assert (answer["state"], answer["stages"][0]["state"]) == ("failed", "failed")
        assert all_gone(pids(folder))


def test_a_run_that_is_given_up_takes_its_attempts_with_it(session: Session, tmp_path: Path) -> None:
    dags = generate(tmp_path / "a", "v")
    answer = run(session, dags, timeout_s=4.0, folder=str(tmp_path), seconds=500.0)
    assert answer["state"] == "cancelled"
    assert all_gone(pids(tmp_path))
    assert run(session, dags, folder=str(tmp_path))["state"] == "success"


def test_a_file_that_does_not_load_is_an_error_that_names_it(session: Session, tmp_path: Path) -> None:
    dags = generate(tmp_path / "a", "v")
    (dags / "slow_dag.py").write_text("from airflow.sdk import dag\nimport no_such_module\n")
    errors = session.load(dags, "slow_dag.py")["errors"]
    assert "no_such_module" in errors[0]
    answer = run(session, dags, folder=str(tmp_path))
    assert answer["state"] == "failed"
    assert "no_such_module" in answer["error"]


def test_a_fork_does_not_wait_for_threads_of_its_parent(tmp_path: Path) -> None:
    engine = backend("airflow")
    folders = [str(tmp_path / "home"), str(cache_folder(f"airflow-{engine.engine.version}"))]
    asked = [str(require(engine).python), "-c", FORKS, *folders]
    said = subprocess.run(
        asked, capture_output=True, text=True, check=True, cwd=engine.engine.driver.parent, timeout=600.0
    )
    assert float(said.stdout.split()[-1]) < 4.0


def test_an_attempt_counts_once_though_its_process_ends_after_the_next_has_begun(
    session: Session, tmp_path: Path
) -> None:
    (tmp_path / "lingers_dag.py").write_text(LINGERS)
    answer = run(session, tmp_path, file="lingers_dag.py")
    assert answer["stages"] == [{"id": "work", "state": "success", "attempts": 2}]


def test_where_airflow_itself_fails_its_error_is_told(session: Session, tmp_path: Path) -> None:
    (tmp_path / "breaks_dag.py").write_text(BREAKS)
    answer = run(session, tmp_path, file="breaks_dag.py")
    error = "Airflow could not run it: RuntimeError: no disk"
    assert answer["stages"] == [{"id": "work", "state": "failed", "attempts": 1, "error": error}]


def test_airflow_does_not_look_into_the_stages_code(session: Session, tmp_path: Path) -> None:
    dags = generate(tmp_path / "a", "v")
    (dags / "slow_code" / "trap_dag.py").write_text("from airflow.sdk import DAG\nraise SystemExit(1)\n")
    answer = run(session, dags, folder=str(tmp_path))
    assert answer["state"] == "success", answer


def test_a_driver_that_is_killed_takes_everything_with_it(tmp_path: Path) -> None:
    engine = backend("airflow")
    dags = generate(tmp_path / "a", "v")
    driver = subprocess.Popen(
        [str(require(engine).python), str(engine.engine.driver)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert driver.stdin and driver.stdout
    for request in (
        {"op": "init", "home": str(tmp_path / "home"), "cache": str(tmp_path / "cache")},
        {"op": "run", "folder": str(dags), "file": "slow_dag.py", "date": None, "timeout_s": 120.0}
        | {"params": {"folder": str(tmp_path), "seconds": 500.0}},
    ):
        driver.stdin.write(json.dumps(request) + "\n")
        driver.stdin.flush()
        if request["op"] == "init":
            assert json.loads(driver.stdout.readline()) == {"version": "3.3.2"}
    deadline = time.monotonic() + 60.0
    while not (tmp_path / "pids").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    running = pids(tmp_path)
    forks = descendants(driver.pid)
    assert set(running) <= set(forks)
    driver.kill()
    driver.wait()
    driver.stdin.close()
    driver.stdout.close()
    assert all_gone([*running, *forks])


def descendants(ancestor: int) -> list[int]:
    """The processes that have come from another one."""
    parents = {int(each.parent.name): parent_of(each) for each in Path("/proc").glob("[0-9]*/stat")}
    found = [ancestor]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found[1:]


def parent_of(stat: Path) -> int:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
