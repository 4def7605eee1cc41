"""R3 and R5 in earnest: no process outlives its attempt, and no attempt outlives the engine's process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from portable_pipeline.runtime.errors import StageFailed, StageKilled, StageTimeout
from tests.unit.runtime.conftest import Stages, alive, until, written_pid

# A grandchild that leaves the session, loses its parent, forgets its environment and does not listen to SIGTERM.
STUBBORN = """
import os, signal, subprocess, sys, time

ESCAPE = '''
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork():
    os._exit(0)
os.setsid()
with open(sys.argv[1] + ".tmp", "w") as file:
    file.write(f"{os.getpid()}\\\\n")
os.rename(sys.argv[1] + ".tmp", sys.argv[1])
time.sleep(300)
'''

def escape(path):
    subprocess.run([sys.executable, "-c", ESCAPE, path], env={}, check=True)
    while not os.path.exists(path):
        time.sleep(0.01)

def leaves_one_behind(path: str) -> int:
    escape(path)
    return 1

def sleeps(path: str):
    escape(path)
    time.sleep(300)

def spins(path: str):
    escape(path)
    while True:
        pass

def blocks_in_c(path: str):
    escape(path)
    import ctypes
    ctypes.PyDLL(None).sleep(300)  # PyDLL does not let go of the interpreter's lock

def ignores_sigterm(path: str):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    escape(path)
    while True:
        time.sleep(1)
"""


@pytest.mark.parametrize("function", ["sleeps", "spins", "blocks_in_c", "ignores_sigterm"])
def test_a_timeout_ends_the_whole_tree_within_two_seconds(stages: Stages, tmp_path: Path, function: str) -> None:
    stages.write(STUBBORN)
    begin = time.monotonic()
    with pytest.raises(StageTimeout) as timed_out:
        stages.attempt(function, seconds=1.0, path=str(tmp_path / "pid")).run()
    spent = time.monotonic() - begin
    assert not alive(written_pid(tmp_path / "pid"))
    assert 1.0 <= spent < 3.0
    assert timed_out.value.error == "timed out after 0:00:01"


def test_the_log_shows_where_a_stage_stood_when_its_time_was_up(stages: Stages) -> None:
    stages.write("import time\ndef stage():\n    time.sleep(300)  # here\n")
    with pytest.raises(StageTimeout):
        stages.attempt(seconds=0.5).run()
    assert any('pipeline.py", line 3 in stage' in line for line in stages.log)


def test_a_command_that_runs_out_of_time(stages: Stages, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    with pytest.raises(StageTimeout):
        stages.command("setsid sh -c 'echo $$ > {pid}; sleep 300' & wait", seconds=1.0, pid=str(pid)).run()
    assert not alive(written_pid(pid))


def test_what_a_finished_attempt_left_behind_is_ended(stages: Stages, tmp_path: Path) -> None:
    stages.write(STUBBORN)
    assert stages.attempt("leaves_one_behind", path=str(tmp_path / "pid")).run() == {"result": 1}
    assert not alive(written_pid(tmp_path / "pid"))


def test_killed_from_another_thread(stages: Stages, tmp_path: Path) -> None:
    stages.write(STUBBORN)
    attempt = stages.attempt("sleeps", path=str(tmp_path / "pid"))
    killer = threading.Thread(target=lambda: (written_pid(tmp_path / "pid"), attempt.kill()))
    killer.start()
    with pytest.raises(StageKilled):
        attempt.run()
    killer.join()
    assert not alive(written_pid(tmp_path / "pid"))


def test_killed_before_it_starts(stages: Stages, tmp_path: Path) -> None:
    stages.write(f"def stage():\n open({str(tmp_path / 'ran')!r}, 'w')\n")
    attempt = stages.attempt()
    attempt.kill()
    with pytest.raises(StageKilled):
        attempt.run()
    assert not (tmp_path / "ran").exists()


def test_an_exception_out_of_a_signal_handler_ends_the_tree(stages: Stages, tmp_path: Path) -> None:
    """As when Airflow stops a task: its handler for SIGTERM or SIGALRM raises in the middle of the attempt."""

    class Stopped(Exception):
        pass

    def stop(*_: object) -> None:
        raise Stopped

    stages.write(STUBBORN)
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 1.0)
    try:
        with pytest.raises(Stopped):
            stages.attempt("blocks_in_c", path=str(tmp_path / "pid")).run()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert not alive(written_pid(tmp_path / "pid"))


def test_nothing_outlives_an_engine_that_is_killed(stages: Stages, tmp_path: Path) -> None:
    stages.write(STUBBORN)
    pid, out = tmp_path / "pid", tmp_path / "out.txt"
    script = textwrap.dedent(f"""
        import sys
        sys.path.insert(0, {str(stages.folder)!r})
        from stage_runtime import attempt
        attempt("pipeline:blocks_in_c", stage="s", inputs={{"path": {str(pid)!r}}})
    """)
    with subprocess.Popen([sys.executable, "-c", script]) as engine:
        grandchild = written_pid(pid)
        descendants = [int(process) for process in _descendants(engine.pid)]
        assert len(descendants) >= 2
        engine.send_signal(signal.SIGKILL)
        engine.wait()
        assert until(lambda: not any(alive(process) for process in (*descendants, grandchild)), seconds=2.0)
    assert not out.exists()


def test_nothing_outlives_a_guard_that_is_killed(stages: Stages, tmp_path: Path) -> None:
    stages.write("""
        import os, subprocess, time
        def stage(path: str):
            child = subprocess.Popen(["sleep", "300"], start_new_session=True)
            with open(path, "w") as file:
                file.write(f"{child.pid}\\n")
            os.kill(os.getppid(), 9)
            time.sleep(300)
    """)
    with pytest.raises(StageFailed, match="the guard of it"):
        stages.attempt(path=str(tmp_path / "pid")).run()
    assert until(lambda: not alive(written_pid(tmp_path / "pid")), seconds=2.0)


def _descendants(process: int) -> list[str]:
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [*children, *(each for child in children for each in _descendants(int(child)))]


def descriptors() -> set[str]:
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def test_no_zombie_and_no_descriptor_is_left_in_the_engines_process(stages: Stages, tmp_path: Path) -> None:
    stages.write("def stage(fail: bool):\n    assert not fail\n")
    # Engines that other tests have started may be our children, too.
    before = descriptors(), _descendants(os.getpid())
    for fail in (False, True) * 3:
        try:
            stages.attempt(fail=fail, outputs={}).run()
        except StageFailed:
            assert fail
    assert (descriptors(), _descendants(os.getpid())) == before
