"""A process for attempts, forked ahead of them, and what happens in it.

It does one after the other for as long as each leaves it as it was (`traces.py`); after one that does not, it ends as a
program of its own would. What it says of an attempt is a line of JSON. Where nothing of the attempt is still at work
that is its result, and whether the process can do another one is found out, and said in a line of its own, while others
go on with it; else the result is known when the process has ended.
"""

import atexit
import gc
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from contextvars import Context
from typing import Any

from . import guard, stage
from .printing import Printed
from .traces import Traces, imported

_CHUNK_BYTES = 1 << 16
#: As they were before anybody could replace them.
_encode, _write = json.JSONEncoder().encode, os.write
#: Ends an answer that no end of the process can change.
_SETTLED = b', "settled": true}\n'
#: Says that it takes another job.
_READY = b'{"again": true}\n'


class Forked:
    """Such a process, as the one that has forked it sees it."""

    def __init__(self, process: int, jobs: int, answers: int, words: int) -> None:
        self.process = process
        self.printed = Printed(words)
        self._jobs = jobs
        self._answers = answers
        self._said = bytearray()
        self._may_speak = True

    @classmethod
    def fork(cls, traces: Traces, others: Sequence[int]) -> "Forked":
        """Make one.

        Args:
            others: File descriptors that it must not have.
        """
        take_job, give_job = os.pipe()
        take_answer, give_answer = os.pipe()
        listen, speak = os.pipe()
        server, process = os.getpid(), os.fork()
        if process == 0:
            for each in (*others, give_job, take_answer, listen):
                os.close(each)
            _work(server, take_job, give_answer, speak, traces)
        for each in (take_job, give_answer, speak):
            os.close(each)
        os.set_blocking(take_answer, False)
        os.set_blocking(listen, False)
        return cls(process, give_job, take_answer, listen)

    def send(self, job: dict[str, Any]) -> None:
        """Give it a job."""
        self.printed.begin(job["log"])
        text = json.dumps(job).encode() + b"\n"
        with suppress(BrokenPipeError):  # it has just been killed: that will be its end
            _tell(self._jobs, text)

    def speaks(self) -> list[int]:
        """What can be read when it says something; nothing once it has closed that."""
        return [self._answers] if self._may_speak else []

    def has_settled(self) -> bool:
        """Whether the result of its job is known before it ends; listens to what it says."""
        self._listen()
        # Whole lines come one by one: the second behind the first only once that is complete.
        return self._said.endswith(b"\n") and self._said[: self._said.index(b"\n") + 1].endswith(_SETTLED)

    def is_ready(self) -> bool:
        """Whether it takes another job, once the result of the one before was fetched; listens to what it says."""
        self._listen()
        return self._said == _READY

    def said(self) -> dict[str, Any]:
        """The next line that it has said; nothing if it died before it was done with that."""
        self._listen()
        text, _, self._said = self._said.partition(b"\n")
        try:
            said: dict[str, Any] = json.loads(text)
        except ValueError:
            return {}
        return said

    def _listen(self) -> None:
        with suppress(BlockingIOError):
            while self._may_speak:
                chunk = os.read(self._answers, _CHUNK_BYTES)
                self._said += chunk
                self._may_speak = bool(chunk)

    def close(self) -> None:
        """Have nothing to do with it any more."""
        self.printed.take()
        self.printed.end()
        for each in (self._jobs, self._answers, self.printed.words):
            os.close(each)


def _work(server: int, jobs: int, answers: int, words: int, traces: Traces) -> None:
    """Do the jobs that come; never returns."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        guard.become_worker(server)
        sys.argv[1:] = []
        stage.prepare_streams()
        stage.trace_crashes()
        traces.begin()
        while job := _line(jobs):
            for stream in (1, 2):
                os.dup2(words, stream)
            if not _do(json.loads(job), answers, traces):
                break
        else:
            _finish()
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


def _line(jobs: int) -> bytes:
    text = b""
    while not text.endswith(b"\n") and (chunk := os.read(jobs, _CHUNK_BYTES)):
        text += chunk
    return text


def _do(job: dict[str, Any], answers: int, traces: Traces) -> bool:
    """Do a job, and say what came of it; whether another one can be done."""
    _seed()
    process, modules = os.getpid(), sys.modules.copy()
    said = Context().run(stage.said, job)
    if os.getpid() != process:  # a fork of the stage's own came back
        os._exit(0)
    settled = "values" in said and "event" not in job and traces.settled()
    if settled:
        _flush()
        _say(answers, {**said, "settled": True})
        said = {}
    gc.collect()  # what it has dropped says its last word now, and not to another one's log
    again = settled and traces.none()
    if not again:
        said["imported"] = imported(modules)
        _finish()
    _flush()
    if again:
        for stream in (1, 2):  # what is printed between two attempts is in nobody's log
            os.dup2(0, stream)
    _say(answers, {**said, "again": again})
    return again


def _say(answers: int, what: dict[str, Any]) -> None:
    _tell(answers, _encode(what).encode() + b"\n")


def _tell(descriptor: int, text: bytes) -> None:
    rest = memoryview(text)
    while rest:
        rest = rest[_write(descriptor, rest) :]


def _seed() -> None:
    random: Any = sys.modules.get("random")
    if random is not None:
        random.seed()
    numpy_random: Any = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()


def _finish() -> None:
    """End as a program of its own does: wait for its threads, call what is registered for the exit."""
    threading._shutdown()  # type: ignore[attr-defined] # there is no public name for what the interpreter does
    atexit._run_exitfuncs()


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # the stage may have closed it
            stream.flush()
