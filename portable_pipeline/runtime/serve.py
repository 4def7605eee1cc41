"""Attempts one after the other, for a runner that has many: in a process that was forked ahead of them.

    runner --job--------------------> forked process --> whatever the stage starts
           <-answer------------------
           --artifacts, kill--> server
           <-all other answers-

The server is the guard of its attempts: what `guard.py` does for one, it does for each. It has imported the stages'
modules, so that none of them waits for that, and runs nothing of them itself. The process that it forks does one
attempt after the other, as long as none leaves anything behind in it that another could find (`traces.py`); then the
next one is forked. So an attempt finds everything as it is when the modules have just been imported.

The server sleeps while attempts come and go that need nothing of it. It sees to those that print - what comes through
a pipe it puts into the log (`printing.py`) -, have artifacts, fail, are to be killed or end with their process. Of
where the others are it knows by the slate (`slate.py`).

A job is a line of JSON: what `attempts.py` sends, with `outputs` as addresses by name, and `log`. Jobs with outputs are
for the server. `{"kill": number, "why": why}` ends the attempt of that number, counted from 1, if it is under way; the
time of one that waits for a process, as that is busy with what the last attempt has left, begins only then: `late`
tells that. The answer is what `attempts.py` gets from its process, with the `number`, with `references` of the
artifacts if it has any, and with `settled` if the process may be fit for the next attempt. The last word of a server
that ends as it should, with nothing left of its attempts, is `null`.
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
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from . import guard
from .errors import ArtifactError
from .forked import READY_SECONDS, Forked, flush, line_of, tell
from .printing import make_streams
from .slate import Slate
from .traces import Traces

_CHUNK_BYTES = 1 << 16
#: So long after it has printed a little an attempt is not listened to: each line by itself would wake us for each.
_PAUSE_SECONDS = 0.0005
_LITTLE_BYTES = 1 << 15


class Ends(NamedTuple):
    """File descriptors of a server's ends of pipes."""

    #: To the runner.
    answers: int
    #: From the runner to the process of attempts, of which the server has both ends.
    jobs: int
    more_jobs: int
    #: From the process of attempts to the runner.
    direct: int


def main(ends: Ends, code: str, modules: Sequence[str]) -> None:
    """Serve until standard input ends.

    Args:
        code: The folder of the stages' code.
        modules: What to import ahead of the attempts.
    """
    _set_inheritable(ends, False)
    sys.argv[1:] = []
    make_streams()
    before = set(sys.modules)
    _import(modules)
    if threading.active_count() > 1:
        # A fork would leave their locks locked for ever: once more, and every attempt imports for itself.
        _set_inheritable(ends, True)
        os.execv(sys.executable, [sys.executable, sys.argv[0], "serve", code, *map(str, ends)])
    guard.adopt_orphans()
    server = Server(ends, code, before)
    os.write(ends.answers, b"\n")  # from now on it heeds timeouts, and the word to end an attempt
    server.serve()
    with suppress(BrokenPipeError):  # the runner has gone
        os.write(ends.answers, b"null\n")
    os._exit(0)  # what the modules have registered for the exit is for the processes that use them


def _set_inheritable(descriptors: Iterable[int], inheritable: bool) -> None:
    for descriptor in descriptors:
        os.set_inheritable(descriptor, inheritable)


def _import(modules: Iterable[str]) -> None:
    for module in modules:
        # What is wrong with it is for the attempt to tell that needs it.
        with suppress(BaseException):
            importlib.import_module(module)
    flush()  # or each process that is forked would do it


class Server:
    """The process between the runner and its attempts.

    Args:
        code: The folder of the stages' code.
        before: The modules that were there before those of the stages.
    """

    def __init__(self, ends: Ends, code: str, before: Collection[str]) -> None:
        self._ends = ends
        self._code = code
        self._before = before
        self._read = b""
        self._children = f"/proc/self/task/{threading.get_native_id()}/children"
        self._woken, wake = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._ended: dict[int, int] = {}
        self._imported: Sequence[str] = ()
        self._traces = self._as_new()
        self._slate = Slate()
        self._worker = self._fork()

    def serve(self) -> None:
        """See to jobs until standard input ends; then nothing of them is left."""
        try:
            while self._has_more():
                pass
        finally:
            if self._slate.is_taken():
                self._ended |= guard.end_tree(self._worker.process)
            os.close(self._ends.more_jobs)
            self._worker.close()
            self._await(self._worker.process)
            guard.end_tree(self._worker.process)

    def _has_more(self) -> bool:
        """Wait until there is something to do for us, and do it; False when there will be no more."""
        worker = self._worker
        told = b"\n" in self._read  # it has come with what was there before, and will not be announced
        wanted = [0, self._woken, *worker.speaks(), *worker.printed.speaks()]
        ready, _, _ = select.select(wanted, [], [], 0 if told else None)
        self._note_ended()
        if told or 0 in ready:
            line = self._line()
            if line is None:
                return False
            job = json.loads(line)
            if "kill" in job:
                self._kill(job)
            else:
                self._answer(self._attempt(job))
        elif worker.process in self._ended or ready != [self._woken]:
            self._attend()
        return True

    def _attend(self) -> None:
        """The process has printed, said something or ended: see to its job, or have another one for the next job."""
        worker, slate = self._worker, self._slate
        slate.hear(True)
        self._note_answered()
        worker.printed.begin(slate.log() or os.devnull)
        if slate.is_taken() and not (worker.process in self._ended and self._is_unread()):
            self._answer(self._seen_to_its_end())
        else:
            self._make_ready()

    def _kill(self, told: dict[str, Any]) -> None:
        """End the job under way, if it still is the one that is meant."""
        worker, slate = self._worker, self._slate
        if told["kill"] <= slate.done():
            return
        if told["why"] == "timeout" and not slate.is_taken():
            self._have_ready()
            tell(self._ends.answers, {"late": True, "number": told["kill"]})
            return
        slate.hear(True)
        self._let_it_answer()
        if told["kill"] <= slate.done():  # it was quick, and may have begun with the next one
            slate.hear(False)
            return
        worker.printed.begin(slate.log() or os.devnull)
        self._ended |= guard.end_tree(worker.process, meanwhile=worker.printed.take)
        self._note_answered()
        if told["kill"] <= slate.done():
            self._make_ready()
            return
        if self._is_unread():
            line_of(self._ends.jobs)
        self._answer({**self._said(), "stopped": told["why"]})

    def _let_it_answer(self) -> None:
        """Wait until the process has answered itself, if it is about to: from now on it would find that it is heard."""
        until = time.monotonic() + READY_SECONDS
        while self._slate.is_answering() and self._worker.process not in self._ended and time.monotonic() < until:
            time.sleep(_PAUSE_SECONDS)
            self._note_ended()

    def _note_answered(self) -> None:
        """Note down what a process that has died did not come to: only who has an answer sends another job."""
        if self._worker.process in self._ended and self._slate.has_begun() and self._is_unread():
            self._slate.end()

    def _have_ready(self) -> None:
        """Have a process that waits for a job: the one that is there may still be busy with what it has left."""
        slate = self._slate
        self._note_ended()
        self._let_it_answer()
        if slate.is_taken():
            slate.end()  # as in `_note_answered`
        self._worker.printed.begin(slate.log() or os.devnull)
        self._make_ready()

    def _attempt(self, job: dict[str, Any]) -> dict[str, Any]:
        from .files import Staging  # slow to import, and most stages have no artifacts

        staged = list[Staging]()
        said: dict[str, Any] = {}
        self._have_ready()
        try:
            for name, uri in job["outputs"].items():
                staged.append(Staging(name, uri))
            outputs = {each.name: {"path": str(each.path), "uri": each.uri} for each in staged}
            self._worker.printed.begin(job["log"])
            tell(self._ends.more_jobs, {**job, "outputs": outputs, "staged": True})
            said = self._seen_to_its_end()
            while self._is_unread() and "stopped" not in said:  # its process had died: the next one does it
                self._replace_worker()
                self._worker.printed.begin(job["log"])
                said = self._seen_to_its_end()
            if self._is_unread():
                line_of(self._ends.jobs)
            # One that was asked to end may return all the same, with half of its work done.
            returned = "values" in said or ("command" in job and said.get("exit") == 0)
            if returned and not said.keys() & {"stopped", "failure"}:
                references = {each.name: each.reference() for each in staged}
                for each in staged:
                    each.publish()
                said["references"] = references
        except (ArtifactError, OSError) as error:
            return {"failure": _failure(str(error)), **({"settled": True} if "settled" in said else {})}
        finally:
            for each in staged:
                each.discard()
        return said

    def _seen_to_its_end(self) -> dict[str, Any]:
        """See to the job under way until it has ended; what is to be said of it."""
        worker = self._worker
        stopped = self._stopped(worker)
        # While it was at work there was no time to lose on this.
        if stopped is not None or self._has_stragglers():
            self._ended |= guard.end_tree(worker.process, meanwhile=worker.printed.take)
        said = self._said()
        if stopped is not None:
            return {**said, "stopped": stopped}
        if "settled" in said:
            return {**said, "exit": 0}
        status = self._ended.get(worker.process)
        return said if status is None else {**said, **guard.how_it_ended(status)}

    def _said(self) -> dict[str, Any]:
        """What the process has said of its job, when all that it has printed is in the log."""
        worker = self._worker
        said = worker.said()
        self._imported = said.pop("imported", ())
        worker.printed.take()
        if worker.printed.error is not None:
            said["failure"] = _failure(f"its log cannot be written: {worker.printed.error}")
        return said

    def _make_ready(self) -> None:
        """Have a process for the next job: the one of the last, if that leaves it as it was."""
        worker = self._worker
        until = time.monotonic() + READY_SECONDS
        self._note_ended()
        while worker.process not in self._ended and not self._slate.is_waiting() and time.monotonic() < until:
            # Whoever has answered the runner does not tell.
            pause = 0.0 if worker.is_ready() else _PAUSE_SECONDS
            select.select([self._woken, *worker.speaks(), *worker.printed.speaks()], [], [], pause)
            worker.printed.take()
            self._note_ended()
        worker.printed.take()
        worker.printed.end()
        ready = self._slate.is_waiting() and worker.process not in self._ended and worker.is_clean()
        self._imported = worker.said().get("imported", ()) or self._imported
        if ready:
            self._slate.hear(False)
        else:
            self._ended |= guard.end_tree(worker.process, meanwhile=worker.printed.take)
            self._replace_worker()

    def _replace_worker(self) -> None:
        """Have another one if it has ended."""
        if self._ended.pop(self._worker.process, None) is None:
            return
        self._worker.close()
        if self._imported:  # next time it is there from the beginning, and need not be a trace
            _import(self._imported)
            self._imported = ()
            self._traces = self._as_new()
        self._slate.hear(False)
        self._worker = self._fork()

    def _stopped(self, worker: Forked) -> str | None:
        """Wait until the attempt has ended, or has to be ended; why it has to be."""
        printed, heard = worker.printed, False
        while worker.process not in self._ended and not worker.has_settled():
            told = b"\n" in self._read
            prints = [] if heard else printed.speaks()
            pause = 0.0 if told else _PAUSE_SECONDS if heard else None
            ready, _, _ = select.select([0, self._woken, *worker.speaks(), *prints], [], [], pause)
            if told or 0 in ready:
                word = self._line()
                if word is None:
                    return "closed"
                kill = json.loads(word)
                if kill["kill"] > self._slate.done():
                    return str(kill["why"])
            if self._woken in ready:
                self._note_ended()
            heard = 0 < printed.take() < _LITTLE_BYTES if heard or printed.words in ready else False
        return None

    def _await(self, process: int) -> None:
        """Give a process that has nothing left to do the time to end."""
        until = time.monotonic() + guard.GRACE_SECONDS
        self._note_ended()
        while process not in self._ended and (left := until - time.monotonic()) > 0:
            select.select([self._woken], [], [], left)
            self._note_ended()

    def _note_ended(self) -> None:
        with suppress(BlockingIOError):
            while os.read(self._woken, 512):
                pass
        self._ended |= guard.reap()[0]

    def _has_stragglers(self) -> bool:
        """Whether something is left of an attempt besides the process that it ran in."""
        alive = [] if self._worker.process in self._ended else [b"%d" % self._worker.process]
        try:
            with open(self._children, "rb", buffering=0) as children:  # noqa: PTH123 - `pathlib` is slow to import
                return children.read().split() != alive
        except OSError:  # no Linux, or one without this
            return True

    def _answer(self, said: dict[str, Any]) -> None:
        number = self._slate.done() + 1
        self._slate.end()
        tell(self._ends.answers, {**said, "number": number})
        # While the runner thinks.
        if "settled" in said:
            self._make_ready()
        self._note_ended()
        self._replace_worker()

    def _as_new(self) -> Traces:
        gc.collect()
        gc.freeze()
        return Traces(self._code, self._before)

    def _fork(self) -> Forked:
        others = [self._ends.answers, self._ends.more_jobs, self._woken]
        return Forked.fork(self._ends.jobs, self._ends.direct, self._slate, self._traces, others)

    def _is_unread(self) -> bool:
        """Whether there is a job that no process has read."""
        return bool(select.select([self._ends.jobs], [], [], 0)[0])

    def _line(self) -> bytes | None:
        """The next line of standard input; None when there will be no more."""
        while b"\n" not in self._read:
            chunk = os.read(0, _CHUNK_BYTES)
            if not chunk:
                return None
            self._read += chunk
        line, _, self._read = self._read.partition(b"\n")
        return line


def _failure(error: str) -> dict[str, Any]:
    return {"abort": False, "error": error, "traceback": ""}
