"""Attempts one after the other, for a runner that has many: each in a process that was forked ahead of it.

    runner --job--> server --fork, ahead of time--> stage --> whatever it starts
           <-answer-

The server is the guard of its attempts: what `guard.py` does for one, it does for each. It has imported the stages'
modules, so that none of them waits for that, and runs nothing of them itself. So an attempt finds the modules as they
are when they have just been imported, whatever those before it have done, and takes its memory with it.

What the stage and its children print goes straight into the attempt's log, past all of us.

A job is a line of JSON: what `attempts.py` sends, with `outputs` as addresses by name, and `log`. `{"kill": true}` ends
the attempt under way. The answer is what `attempts.py` gets from its process, with `references` of the artifacts.
"""

import gc
import importlib
import json
import os
import select
import signal
import sys
import threading
import time
import traceback  # noqa: F401 - what is imported here no attempt has to wait for
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import guard, stage
from .errors import ArtifactError
from .files import Staging

_CHUNK_BYTES = 1 << 16


def main(answers: int, modules: Sequence[str]) -> None:
    """Serve until standard input ends.

    Args:
        answers: File descriptor for the answers.
        modules: What to import ahead of the attempts.
    """
    os.set_inheritable(answers, False)
    for module in modules:
        # What is wrong with it is for the attempt to tell that needs it.
        with suppress(BaseException):
            importlib.import_module(module)
    if threading.active_count() > 1:
        # A fork would leave their locks locked for ever: once more, and every attempt imports for itself.
        os.set_inheritable(answers, True)
        os.execv(sys.executable, [sys.executable, sys.argv[0], "serve", str(answers)])
    gc.collect()
    gc.freeze()
    guard.adopt_orphans()
    Server(answers).serve()


class Server:
    """The process between the runner and its attempts.

    Args:
        answers: File descriptor for the answers.
    """

    def __init__(self, answers: int) -> None:
        self._answers = answers
        self._read = b""
        self._woken, wake = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._ended: dict[int, int] = {}
        self._spare = _Spare.fork(self._others())

    def serve(self) -> None:
        """Do jobs until standard input ends; then nothing of them is left."""
        try:
            while (line := self._line()) is not None:
                job = json.loads(line)
                if "kill" not in job:  # or it has ended by itself
                    self._answer(self._attempt(job))
        finally:
            guard.end_tree(self._spare.process)

    def _attempt(self, job: dict[str, Any]) -> dict[str, Any]:
        staged: list[Staging] = []
        try:
            for name, uri in job["outputs"].items():
                staged.append(Staging(name, uri))
            said = self._executed(
                {**job, "outputs": {each.name: {"path": str(each.path), "uri": each.uri} for each in staged}}
            )
            if "values" in said or ("command" in job and said.get("exit") == 0):
                references = {each.name: each.reference() for each in staged}
                for each in staged:
                    each.publish()
                said["references"] = references
        except (ArtifactError, OSError) as error:
            return {"failure": {"abort": False, "error": str(error), "traceback": ""}}
        finally:
            for each in staged:
                each.discard()
        return said

    def _executed(self, job: dict[str, Any]) -> dict[str, Any]:
        deadline = None if job["timeout"] is None else time.monotonic() + job["timeout"]
        worker = self._next_worker()
        worker.send(job)
        stopped = self._stopped(worker, deadline)
        # While it was at work there was no time to lose on this.
        if stopped is not None or self._has_stragglers():
            self._ended |= guard.end_tree(worker.process, keep=None)
        said = worker.said()
        status = self._ended.pop(worker.process, None)
        said |= {"stopped": stopped} if stopped else {} if status is None else guard.how_it_ended(status)
        return said

    def _next_worker(self) -> "_Spare":
        self._note_ended()
        worker = self._spare
        if worker.process in self._ended:  # somebody has killed it while it waited
            worker.close()
            worker = _Spare.fork(self._others())
        return worker

    def _stopped(self, worker: "_Spare", deadline: float | None) -> str | None:
        """Wait until the attempt has ended, or has to be ended; why it has to be."""
        while True:
            self._note_ended()
            if worker.process in self._ended:
                return None
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return "timeout"
            # A word that came together with the job is here already, and will not be announced.
            told = b"\n" in self._read
            ready, _, _ = select.select([0, self._woken, *worker.speaks()], [], [], 0 if told else left)
            worker.listen()
            if told or 0 in ready:
                return "closed" if self._line() is None else "killed"

    def _note_ended(self) -> None:
        with suppress(BlockingIOError):
            while os.read(self._woken, 512):
                pass
        self._ended |= guard.reap()[0]

    def _has_stragglers(self) -> bool:
        """Whether something is left of an attempt whose own process has ended."""
        try:
            return bool(Path(f"/proc/self/task/{threading.get_native_id()}/children").read_bytes())
        except OSError:  # no Linux, or one without this
            return True

    def _answer(self, said: dict[str, Any]) -> None:
        text = json.dumps(said).encode() + b"\n"
        while text:
            text = text[os.write(self._answers, text) :]
        # The next one is made while the runner thinks.
        self._spare = _Spare.fork(self._others())

    def _others(self) -> list[int]:
        """What belongs to the server alone."""
        return [self._answers, self._woken]

    def _line(self) -> bytes | None:
        """The next line of standard input; None when there will be no more."""
        while b"\n" not in self._read:
            chunk = os.read(0, _CHUNK_BYTES)
            if not chunk:
                return None
            self._read += chunk
        line, _, self._read = self._read.partition(b"\n")
        return line


class _Spare:
    """A process that waits for its one job."""

    def __init__(self, process: int, jobs: int, answers: int) -> None:
        self.process = process
        self._jobs = jobs
        self._answers = answers
        self._said = b""
        self._may_speak = True

    @classmethod
    def fork(cls, others: Sequence[int]) -> "_Spare":
        """Make one.

        Args:
            others: File descriptors that it must not have.
        """
        take_job, give_job = os.pipe()
        take_answer, give_answer = os.pipe()
        server, process = os.getpid(), os.fork()
        if process == 0:
            for each in (*others, give_job, take_answer):
                os.close(each)
            _work(server, take_job, give_answer)
        os.close(take_job)
        os.close(give_answer)
        os.set_blocking(take_answer, False)
        return cls(process, give_job, take_answer)

    def send(self, job: dict[str, Any]) -> None:
        """Give it its job."""
        text = json.dumps(job).encode()
        with suppress(BrokenPipeError):  # it has just been killed: that will be its end
            while text:
                text = text[os.write(self._jobs, text) :]
        os.close(self._jobs)
        self._jobs = -1

    def speaks(self) -> list[int]:
        """What can be read when it says something; nothing once it has closed that."""
        return [self._answers] if self._may_speak else []

    def listen(self) -> None:
        """Take what it has said since the last time."""
        with suppress(BlockingIOError):
            while self._may_speak:
                chunk = os.read(self._answers, _CHUNK_BYTES)
                self._said += chunk
                self._may_speak = bool(chunk)

    def said(self) -> dict[str, Any]:
        """All that it has said; it says no more."""
        self.listen()
        self.close()
        try:
            said: dict[str, Any] = json.loads(self._said)
        except ValueError:  # nothing, or it died while it wrote this
            return {}
        return said

    def close(self) -> None:
        """Have nothing to do with it any more."""
        if self._jobs >= 0:
            os.close(self._jobs)
        os.close(self._answers)


def _work(server: int, jobs: int, answers: int) -> None:
    """Do the one job that comes; never returns."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        guard.become_worker(server)
        text = b""
        while chunk := os.read(jobs, _CHUNK_BYTES):
            text += chunk
        os.close(jobs)
        if text:
            _do(json.loads(text), answers)
            status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


def _do(job: dict[str, Any], answers: int) -> None:
    log = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    _be_as_new()
    process = os.getpid()
    said = stage.said(job)
    if os.getpid() != process:  # a fork of the stage's own came back
        os._exit(0)
    _finish()
    text = json.dumps(said).encode()
    while text:
        text = text[os.write(answers, text) :]


def _be_as_new() -> None:
    """Undo what being forked changes."""
    sys.argv[1:] = []
    stage.prepare_streams()
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()  # Python's own generator sees to itself


def _finish() -> None:
    """End as a program of its own does: wait for its threads, call what is registered for the exit, flush."""
    import atexit

    threading._shutdown()  # type: ignore[attr-defined] # there is no public name for what the interpreter does
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # the stage may have closed it
            stream.flush()
