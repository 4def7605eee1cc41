"""Ending a run of another process, and of nobody else."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portable_pipeline.store import Journal, Project
from portable_pipeline.store.cancelling import cancel
from portable_pipeline.store.locks import holder, works_on
from tests.unit.store.test_project import CASE, record

#: Takes the lock of a run, but notes what it is told in place of its own number.
HOLDS = """
import fcntl, os, signal, sys
lock = os.open(sys.argv[1], os.O_RDWR)
fcntl.flock(lock, fcntl.LOCK_EX)
os.ftruncate(lock, 0)
os.pwrite(lock, (sys.argv[2] or str(os.getpid())).encode(), 0)
print("held", flush=True)
sys.stdin.readline()
os.ftruncate(lock, 0)
os.pwrite(lock, str(os.getpid()).encode(), 0)
signal.pause()
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """With a run whose process is gone."""
    project = Project(tmp_path / "project")
    Journal.begin(project, record("r"), CASE).close()
    return project


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with any run."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process
        process.kill()


def held(project: Project, noted: str) -> subprocess.Popen[bytes]:
    lock = project.run_folder("r") / "lock"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(lock), noted], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_the_process_of_a_run_is_told_from_others(project: Project, bystander: subprocess.Popen[bytes]) -> None:
    folder = project.run_folder("r")
    with held(project, "") as process:
        assert holder(folder) == process.pid
        assert works_on(process.pid, folder)
        assert not works_on(bystander.pid, folder)
        assert not works_on(os.getpid(), folder)
        process.kill()
    assert not works_on(process.pid, folder)


def test_who_has_got_the_number_of_an_earlier_process_is_left_alone(
    project: Project, bystander: subprocess.Popen[bytes]
) -> None:
    with held(project, str(bystander.pid)) as process:  # between its `flock` and the note of its own number
        assert cancel(project, project.run("r"), within_seconds=0.3).state == "running"
        assert (process.poll(), bystander.poll()) == (None, None)
        process.kill()


def test_a_process_that_notes_itself_a_moment_later_is_asked_all_the_same(
    project: Project, bystander: subprocess.Popen[bytes]
) -> None:
    with held(project, str(bystander.pid)) as process:
        ended: list[str] = []
        canceller = Project(project.folder)
        asking = threading.Thread(
            target=lambda: ended.append(cancel(canceller, project_record, within_seconds=30).state)
        )
        project_record = canceller.run("r")
        canceller.close()
        asking.start()
        time.sleep(0.2)
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
        assert process.wait(30) == -15
        asking.join(30)
    assert (ended, bystander.poll()) == (["cancelled"], None)


def test_a_run_without_a_process_is_noted_as_cancelled(project: Project) -> None:
    assert cancel(project, project.run("r"), within_seconds=1).state == "cancelled"
