"""Attempts that answer for themselves while their server sleeps: no death and no order of events loses an answer.

The orders are forced: the server is stopped, what is to come first comes, then it goes on.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.runner.code import runtime_in_use, write_code
from portable_pipeline.runner.servers import Servers
from tests.unit.runner.pipelines import pipeline
from tests.unit.runner.test_isolation import assert_only, descendants

CODE = """
import atexit, os, signal, time
from typing import Any
from stage_runtime import forked

class Last:
    # What is dropped with the attempt, and takes its time then.
    def __init__(self, seconds):
        self.me, self.seconds = self, seconds
    def __del__(self):
        time.sleep(self.seconds)

def works(n: Any = 1) -> int:
    return len(n) if isinstance(n, str) else n

def processes() -> list:
    return [os.getppid(), os.getpid()]

def sleeps(seconds: float) -> str:
    time.sleep(seconds)
    return "slept"

def writes(out, text: str) -> int:
    with open(out.path, "w") as file:
        return file.write(text)

def forgets(out) -> int:
    return 1

def leaves(seconds: float) -> int:
    os.environ["LEFT"] = "yes"
    Last(seconds)
    return 1

def drops(seconds: float, blocked: bool = False) -> int:
    if blocked:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
    Last(seconds)
    return 1

def never_ends() -> int:
    os.environ["LEFT"] = "what never ends"
    return 1

def dies_after_its_answer() -> int:
    write = forked._write
    def writes(descriptor, text):
        write(descriptor, text)
        os.kill(os.getpid(), signal.SIGKILL)
    forked._write = writes
    return 1

def dies_in_its_answer() -> str:
    write = forked._write
    def writes(descriptor, text):
        write(descriptor, text[:20])
        os.kill(os.getpid(), signal.SIGKILL)
    forked._write = writes
    return "x" * 1000

@atexit.register
def ends() -> None:
    if os.environ.get("LEFT") == "what never ends":
        time.sleep(600)
"""


class Runner:
    """The servers of a run, one job at a time as long as a test wants no more."""

    def __init__(self, servers: Servers, folder: Path) -> None:
        self._servers = servers
        self._folder = folder
        self._count = 0

    def start(self, function: str, *, timeout: float | None = 20, out: bool = False, **inputs: object) -> str:
        self._count += 1
        name = f"{function} {self._count}"
        outputs = {"out": str(self._folder / "out.txt")} if out else {}
        log = str(self._folder / f"{name}.log")
        job = {"function": f"pipeline:{function}", "inputs": inputs, "outputs": outputs, "timeout": timeout, "log": log}
        self._servers.start(name, job)
        return name

    def answer(self, name: str, seconds: float = 15) -> dict[str, Any]:
        """The answer to a job, which is the only one that comes."""
        until = time.monotonic() + seconds
        found: dict[str, dict[str, Any]] = {}
        while not found:
            assert time.monotonic() < until, f"no answer to {name}"
            found = self._servers.answers(0.2)
        assert [*found] == [name]
        return found[name]

    def result(self, function: str, **how: Any) -> Any:
        answer = self.answer(self.start(function, **how))
        assert "values" in answer, answer
        assert not answer.keys() & {"failure", "stopped", "signal"}, answer
        return answer["values"]["result"]

    def kill(self, name: str) -> None:
        self._servers.kill(name)


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    before = descendants()
    code = write_code(pipeline(CODE), tmp_path)
    with runtime_in_use(tmp_path / "runtime") as runtime:
        servers = Servers(Path(sys.executable), runtime, code, ["pipeline"], tmp_path / "imports.log")
        yield Runner(servers, tmp_path)
        servers.end()
    assert_only(before)


@contextmanager
def stopped(process: int) -> Iterator[None]:
    os.kill(process, signal.SIGSTOP)
    try:
        while "T (stopped)" not in Path(f"/proc/{process}/status").read_text(encoding="utf-8"):
            time.sleep(0.001)
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def test_a_server_sleeps_while_attempts_that_leave_nothing_are_done(runner: Runner) -> None:
    server, process = runner.result("processes")
    with stopped(server):
        assert [runner.result("works", n=n) for n in range(50)] == [*range(50)]
    assert runner.result("processes") == [server, process]


NEXT: dict[str, Callable[[Runner], Any]] = {
    "silent": lambda runner: runner.result("works"),
    "artifact": lambda runner: runner.result("writes", out=True, text="x"),
    "large": lambda runner: runner.result("works", n="x" * 1_000_000) == 1_000_000,
    "large artifact": lambda runner: runner.result("writes", out=True, text="x" * 1_000_000) == 1_000_000,
}


@pytest.mark.parametrize("next", NEXT)
@pytest.mark.parametrize(
    "how",
    [
        {"function": "leaves", "seconds": 0.2},
        {"function": "drops", "seconds": 3.0},
        {"function": "dies_after_its_answer"},
    ],
    ids=lambda how: how["function"],
)
def test_the_next_attempt_does_not_get_a_process_that_is_about_to_end(
    runner: Runner, how: dict[str, Any], next: str
) -> None:
    assert runner.result("works", n=0) == 0
    assert runner.result(**how) == 1
    assert NEXT[next](runner) == 1
    assert runner.result("works", n=7) == 7  # and nothing is done twice


def test_the_next_attempt_has_all_of_its_time(runner: Runner) -> None:
    assert runner.result("works") == 1
    assert runner.result("drops", seconds=3.0) == 1
    assert runner.result("works", timeout=0.8, n=2) == 2


@pytest.mark.parametrize(
    "how", [{"function": "drops", "seconds": 600, "blocked": True}, {"function": "never_ends"}], ids=str
)
def test_what_never_ends_does_not_keep_the_next_attempt(runner: Runner, how: dict[str, Any]) -> None:
    assert runner.result("works") == 1
    assert runner.result(**how) == 1
    begun = time.monotonic()
    assert runner.result("works", n=2) == 2
    assert time.monotonic() - begun < 8


def test_an_output_that_is_not_written_does_not_keep_its_process(runner: Runner) -> None:
    for n in range(10):
        answer = runner.answer(runner.start("forgets", out=True))
        assert answer["failure"]["error"].startswith("output `out` was not written"), answer
        assert runner.result("works", n=n, timeout=5) == n


@pytest.mark.parametrize("next", NEXT)
def test_a_death_between_the_answer_and_the_note_of_it(runner: Runner, next: str) -> None:
    server, _ = runner.result("processes")
    with stopped(server):
        assert runner.result("dies_after_its_answer") == 1
        name = runner.start("writes", out=True, text="x") if next == "artifact" else runner.start("works", n=5)
    answer = runner.answer(name)
    assert answer["values"]["result"] == (1 if next == "artifact" else 5)
    assert NEXT[next](runner) == 1


def test_a_job_behind_such_a_death_can_be_killed(runner: Runner) -> None:
    server, _ = runner.result("processes")
    with stopped(server):
        assert runner.result("dies_after_its_answer") == 1
        name = runner.start("sleeps", seconds=600)
        runner.kill(name)
    assert runner.answer(name)["stopped"] == "killed"
    assert runner.result("works", n=3) == 3


def test_half_an_answer_is_not_put_before_the_next_one(runner: Runner) -> None:
    server, _ = runner.result("processes")
    assert runner.answer(runner.start("dies_in_its_answer"))["signal"] == signal.SIGKILL
    assert runner.result("works", n=4) == 4
    assert runner.result("processes")[0] == server


@pytest.mark.parametrize("why", ["kill", "timeout"])
def test_a_kill_that_comes_too_late_ends_nothing_else(runner: Runner, why: str) -> None:
    server, process = runner.result("processes")
    with stopped(server):
        name = runner.start("sleeps", seconds=0.3, timeout=0.1 if why == "timeout" else None)
        if why == "kill":
            runner.kill(name)
        assert runner.answer(name)["values"]["result"] == "slept"
        after = runner.start("sleeps", seconds=0.3)
    assert runner.answer(after)["values"]["result"] == "slept"
    assert runner.result("processes") == [server, process]


def test_kills_that_meet_answers_end_what_is_meant_and_nothing_else(runner: Runner) -> None:
    # No order can be forced here: the kill comes at some moment around the answer.
    ended = 0
    for n in range(60):
        name = runner.start("sleeps", seconds=0.01)
        time.sleep(0.009 + 0.0001 * (n % 20))
        runner.kill(name)
        answer = runner.answer(name)
        ended += "stopped" in answer
        assert "stopped" in answer or answer["values"]["result"] == "slept", answer
        assert runner.result("works", n=n) == n
    assert ended > 0


@pytest.mark.parametrize("next", NEXT)
def test_a_process_that_dies_idle_is_replaced(runner: Runner, next: str) -> None:
    for _ in range(5):
        _, process = runner.result("processes")
        os.kill(process, signal.SIGKILL)
        assert NEXT[next](runner) == 1


@pytest.mark.parametrize("how", ["dies", "killed"])
def test_a_job_that_nobody_has_read(runner: Runner, how: str) -> None:
    _, process = runner.result("processes")
    os.kill(process, signal.SIGSTOP)
    name = runner.start("works", n="x" * 50_000)
    if how == "killed":
        runner.kill(name)
        assert runner.answer(name)["stopped"] == "killed"
    else:
        os.kill(process, signal.SIGKILL)
        assert runner.answer(name)["values"]["result"] == 50_000
    assert runner.result("works", n=2) == 2
