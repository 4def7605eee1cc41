"""A process for attempts, forked ahead of them, and what happens in it.

It does one after the other for as long as each leaves it as it was (`traces.py`); after one that does not, it ends as a
program of its own would. What it says of an attempt is a line of JSON. Where nothing of the attempt is still at work
that is its result, and whether the process can do another one is found out while others go on with it; else the result
is known when the process has ended. A result that needs nobody's care - the attempt has printed nothing and has no
artifacts - goes straight to the runner; the server sleeps on, and finds what it has missed on the slate.
"""

import _signal  # type: ignore[import-not-found] # `signal` looks up names for all that it returns
import atexit
import ctypes
import fcntl
import gc
import json
import os
import select
import signal
import sys
import termios
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from contextvars import Context
from typing import Any, NoReturn

from . import guard, stage
from .printing import Printed
from .slate import Slate
from .traces import Traces, imported

_CHUNK_BYTES = 1 << 16
_C = ctypes.CDLL(None)
READY_SECONDS = 1.0
"""Within that a process whose attempt is over is ready for the next one, or is killed and makes room for another."""

#: So often it looks whether the server is done with its last attempt.
_PAUSE_SECONDS = 0.0001
#: As they were before anybody could replace them.
_encode, _write, _sleep = json.JSONEncoder().encode, os.write, time.sleep
#: Ends an answer that no end of the process can change.
_SETTLED = b', "settled": true}\n'
#: Says that it takes another job, where the server has to know.
_READY = b'{"again": true}\n'


class Forked:
    """Such a process, as the one that has forked it sees it."""

    def __init__(self, process: int, answers: int, words: int) -> None:
        self.process = process
        self.printed = Printed(words)
        self._answers = answers
        self._said = bytearray()
        self._may_speak = True

    @classmethod
    def fork(cls, jobs: int, direct: int, slate: Slate, traces: Traces, others: Sequence[int]) -> "Forked":
        """Make one.

        Args:
            jobs: File descriptor where its jobs come from.
            direct: File descriptor for answers that nobody but the runner needs.
            others: File descriptors that it must not have.
        """
        take_answer, give_answer = os.pipe()
        listen, speak = os.pipe()
        server, process = os.getpid(), os.fork()
        if process == 0:
            for each in (*others, take_answer, listen):
                os.close(each)
            _Work(server, jobs, direct, give_answer, speak, slate, traces).begin()
        for each in (give_answer, speak):
            os.close(each)
        os.set_blocking(take_answer, False)
        os.set_blocking(listen, False)
        return cls(process, take_answer, listen)

    def speaks(self) -> list[int]:
        """What can be read when it says something; nothing once it has closed that."""
        return [self._answers] if self._may_speak else []

    def has_settled(self) -> bool:
        """Whether the result of its job is known before it ends; listens to what it says."""
        self._listen()
        # Whole lines come one by one: the second behind the first only once that is complete.
        return self._said.endswith(b"\n") and self._said[: self._said.index(b"\n") + 1].endswith(_SETTLED)

    def is_ready(self) -> bool:
        """Whether it has said that it takes another job; listens to what it says."""
        self._listen()
        return self._said == _READY

    def is_clean(self) -> bool:
        """Whether it has said nothing since the last result was fetched but that it is ready; listens to it."""
        self._listen()
        return self._said in (b"", _READY)

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
        os.close(self._answers)
        os.close(self.printed.words)


class _Work:
    """What happens in the process.

    Args:
        jobs: Where they come from.
        direct: Where answers go that the server need not know.
        answers: Where all others go.
        words: Where goes what is printed.
    """

    def __init__(  # noqa: PLR0917 - called once, with names that say what each is
        self, server: int, jobs: int, direct: int, answers: int, words: int, slate: Slate, traces: Traces
    ) -> None:
        self._server = server
        self._jobs = jobs
        self._direct = direct
        self._answers = answers
        self._words = words
        self._slate = slate
        self._traces = traces

    def begin(self) -> NoReturn:
        """Do the jobs that come."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            guard.become_worker(self._server)
            sys.argv[1:] = []
            stage.prepare_streams()
            stage.trace_crashes()
            self._traces.begin()
            while job := self._next():
                if not self._do(job):
                    break
            else:
                _finish()
            status = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(status)

    def _next(self) -> dict[str, Any] | None:
        self._slate.wait()
        while self._slate.is_heard():
            _sleep(_PAUSE_SECONDS)
        select.select([self._jobs], [], [])
        self._slate.take()
        line = line_of(self._jobs)
        if not line:
            return None
        job: dict[str, Any] = json.loads(line)
        self._slate.begin(job["log"])
        return job

    def _do(self, job: dict[str, Any]) -> bool:
        """Do a job, and say what came of it; whether another one can be done."""
        for stream in (1, 2):
            os.dup2(self._words, stream)
        _seed()
        process, modules = os.getpid(), sys.modules.copy()
        said = Context().run(stage.said, job)
        if os.getpid() != process:  # a fork of the stage's own came back
            os._exit(0)
        settled = "values" in said and "event" not in job and self._traces.settled()
        direct = False
        if settled:
            flush()
            # Whoever has printed, or has artifacts, is not done before the server is.
            may_be_direct = "staged" not in job and _can_be_limited()
            self._slate.answer(may_be_direct)
            direct = may_be_direct and self._is_silent()
            if direct:
                tell(self._direct, {**said, "settled": True, "exit": 0, "number": self._slate.done() + 1})
                self._slate.end()
                os.sched_yield()  # to the runner, rather than to our own tidying up
            else:
                self._slate.hear(True)
                self._slate.answer(False)
                tell(self._answers, {**said, "settled": True})
            said = {}
        again = self._leaves_nothing(settled) and (not direct or self._is_silent())
        if not again:
            said["imported"] = imported(modules)
            if direct:  # somebody has to see to it that this ends
                tell(self._answers, {**said, "again": False})
            _finish()
        flush()
        if again:
            for stream in (1, 2):  # what is printed between two attempts is in nobody's log
                os.dup2(0, stream)
        if not direct:
            tell(self._answers, {**said, "again": again})
        return again

    def _leaves_nothing(self, settled: bool) -> bool:
        """Whether nothing is left of the attempt that has just ended."""
        limited = settled and _can_be_limited()
        if limited:
            signal.setitimer(signal.ITIMER_REAL, READY_SECONDS)
        dropped = gc.collect()  # what it has dropped says its last word now, and not to another one's log
        flush()
        if limited:
            signal.setitimer(signal.ITIMER_REAL, 0)
        return limited and self._traces.none(dropped)

    def _is_silent(self) -> bool:
        """Whether nothing was printed that the server has not put into the log, and told nobody about."""
        waiting = fcntl.ioctl(self._words, termios.FIONREAD, bytes(4))
        return not any(waiting) and not self._slate.is_heard()


def _can_be_limited() -> bool:
    """Whether an alarm ends the process, as long as nobody has changed that."""
    is_blocked = signal.SIGALRM in _signal.pthread_sigmask(_signal.SIG_BLOCK, ())
    return not is_blocked and _signal.getsignal(signal.SIGALRM) == signal.SIG_DFL


def line_of(jobs: int) -> bytes:
    """The next line; nothing when there will be no more."""
    text = b""
    while not text.endswith(b"\n") and (chunk := os.read(jobs, _CHUNK_BYTES)):
        text += chunk
    return text


def tell(descriptor: int, what: dict[str, Any]) -> None:
    """Write something as a line of JSON."""
    rest = memoryview(_encode(what).encode() + b"\n")
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


def flush() -> None:
    """Write what is still in the buffers of the streams, native code's as well."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # the stage may have closed it
            stream.flush()
    if threading.active_count() == 1:  # another one may hold a lock for ever
        _C.fflush(None)
