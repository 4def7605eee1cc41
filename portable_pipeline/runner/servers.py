"""The processes that attempts run in: servers, started as they are needed, each with one attempt at a time."""

from __future__ import annotations

import json
import os
import secrets
import select
import selectors
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from portable_pipeline.codegen.names import RUNTIME_PACKAGE
from portable_pipeline.runner import forkservers
from portable_pipeline.runtime import guard

_CHUNK_BYTES = 1 << 16
#: Of a server that has ended as it should.
_LAST_WORD = b"null\n"
#: A server ends its attempt within that, or is ended itself.
_END_SECONDS = guard.GRACE_SECONDS + 1.5
#: What the import of the stages' modules may take beyond the timeout of the attempt that waits for it.
_IMPORT_SECONDS = 60.0


class Server:
    """A process of `stage_runtime/serve.py`.

    Args:
        program: What it is forked from.
        code: The folder of the stages' code and its modules, behind that.
        log: Takes what the stages' modules print when they are imported.

    Raises:
        OSError: If it cannot be started.
    """

    def __init__(self, program: Sequence[str], code: Sequence[str], log: Path) -> None:
        self.is_up = False
        #: What its job is called, if it has one.
        self.name: str | None = None
        self._number = 0
        self._marker = secrets.token_hex(16)
        self._unsent: list[tuple[int, bytes]] = []
        ends = [*os.pipe(), *os.pipe(), *os.pipe(), *os.pipe()]
        words, self._words, self.answers, answers, jobs, self._jobs, self.direct, direct = ends
        self._said = {self.direct: bytearray(), self.answers: bytearray()}
        for each in self._said:
            os.set_blocking(each, False)
        try:
            with log.open("ab") as printed:
                theirs = (words, printed.fileno(), answers, jobs, self._jobs, direct)
                self.forked_from = forkservers.fork(program, self._marker, code, theirs)
        except BaseException:
            self._close(self._words, self.answers, self._jobs, self.direct)
            raise
        finally:
            self._close(words, answers, jobs, direct)

    @staticmethod
    def _close(*descriptors: int) -> None:
        for each in descriptors:
            os.close(each)

    def start(self, name: str, job: Mapping[str, Any]) -> None:
        """Give it a job."""
        self.name = name
        self._number += 1
        # It stages artifacts and publishes them; with anything else it need not be bothered.
        self._send(self._words if job["outputs"] else self._jobs, job)

    def stop(self, why: str) -> None:
        """Tell it to end its job."""
        self._send(self._words, {"kill": self._number, "why": why})

    def _send(self, descriptor: int, what: Mapping[str, Any]) -> None:
        self._unsent.append((descriptor, json.dumps(what).encode() + b"\n"))
        if self.is_up:
            self._send_all()

    def _send_all(self) -> None:
        for descriptor, text in self._unsent:
            rest = memoryview(text)
            with suppress(BrokenPipeError):  # it has died: its answer will say so
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
        self._unsent.clear()

    def answer(self, descriptor: int) -> dict[str, Any] | None:
        """The answer to its job, as soon as that is complete; nothing in it if the server has died.

        Args:
            descriptor: The one of `answers` and `direct` that can be read.
        """
        is_open = self._listen(descriptor)
        said = self._said[descriptor]
        try:
            while b"\n" in said:
                line, _, said[:] = bytes(said).partition(b"\n")
                if not line:  # it comes first
                    self.is_up = True
                    self._send_all()
                    continue
                answer: dict[str, Any] = json.loads(line)
                if self.name is not None and answer["number"] == self._number:  # not one that was killed in between
                    if descriptor == self.answers and "late" not in answer:
                        self._listen(self.direct)
                        self._said[self.direct].clear()  # what its process was about to say when it was ended
                    return answer
        except (ValueError, TypeError, LookupError):  # a stage has written to what is not its own
            return {}
        return None if is_open or descriptor == self.direct else {}

    def _listen(self, descriptor: int) -> bool:
        """Hear what was said; whether there may be more."""
        with suppress(BlockingIOError):
            while chunk := os.read(descriptor, _CHUNK_BYTES):
                self._said[descriptor] += chunk
                if len(chunk) < _CHUNK_BYTES:
                    return True
            return False
        return True

    def close(self) -> None:
        """Have it end, with all that it has started."""
        if self._words >= 0:
            self._close(self._words, self._jobs)
            self._words = self._jobs = -1

    def kill(self) -> None:
        """Kill it, and nothing else."""
        self.forked_from.kill(self._marker)

    def end(self) -> None:
        """End it, with all that it has started, and wait for that."""
        self.close()
        until = time.monotonic() + _END_SECONDS
        said = select.poll()  # `select` takes no file descriptors beyond 1023
        said.register(self.answers, select.POLLIN)
        while (is_open := self._listen(self.answers)) and (left := until - time.monotonic()) > 0:
            said.poll(left * 1000)
        if is_open or not self._said[self.answers].endswith(_LAST_WORD):
            self.kill()
            guard.kill_marked(self._marker)
        self._close(self.answers, self.direct)


class Servers:
    """All servers of a run.

    Args:
        python: The interpreter of the attempts.
        runtime: The folder of our own code.
        code: That of the stages'.
        modules: What is imported ahead of the attempts.
        log: Takes what these print then.
    """

    def __init__(self, python: Path, runtime: Path, code: Path, modules: Sequence[str], log: Path) -> None:
        self._program = [str(python), str(runtime / RUNTIME_PACKAGE / "__main__.py"), "forkserver"]
        self._code = [str(code), *modules]
        self._log = log
        # The last one comes first: it has a process that is warm. To the left are those that have to make one first.
        self._idle: deque[Server] = deque()
        self._busy: dict[str, Server] = {}
        self._selector = selectors.DefaultSelector()
        self._timeouts: dict[str, float] = {}
        # What happens when to which job: it is stopped, or answered in place of a server that does not.
        self._due: dict[str, tuple[float, dict[str, Any] | None]] = {}

    def start(self, name: str, job: Mapping[str, Any]) -> None:
        """Have a job done.

        Args:
            name: Tells the answer; no other job under way has it.
        """
        try:
            server = self._idle.pop() if self._idle else self._another()
        except OSError as error:
            self._due[name] = 0.0, _unstarted(str(error))
            return
        self._busy[name] = server
        if job["timeout"] is not None:
            self._timeouts[name] = job["timeout"]
            self._start_clock(server, name)
        server.start(name, job)

    def _another(self) -> Server:
        server = Server(self._program, self._code, self._log)
        for descriptor in (server.direct, server.answers):
            self._selector.register(descriptor, selectors.EVENT_READ, server)
        return server

    def _start_clock(self, server: Server, name: str) -> None:
        """Note by when a job has to have ended; before its server is up, by when that has to be."""
        seconds = self._timeouts[name]
        if server.is_up:
            self._due[name] = time.monotonic() + seconds, None
            return
        seconds += _IMPORT_SECONDS
        failure = _failure(f"its module was still being imported after {seconds:g} seconds")
        self._due[name] = time.monotonic() + seconds, failure

    def kill(self, name: str) -> None:
        """End a job; there will be an answer."""
        if name in self._busy:
            self._busy[name].stop("killed")
            if not self._busy[name].is_up:
                self._due[name] = time.monotonic() + _END_SECONDS, {"stopped": "killed"}

    def watch(self, descriptor: int) -> None:
        """Let `answers` return as soon as that can be read."""
        self._selector.register(descriptor, selectors.EVENT_READ, None)

    def answers(self, seconds: float | None) -> dict[str, dict[str, Any]]:
        """What has been answered, by name; waits at most so long for the first one."""
        found = self._overdue()
        due = min((due for due, _ in self._due.values()), default=None)
        if due is not None:
            left = max(due - time.monotonic(), 0.0)
            seconds = left if seconds is None else min(left, seconds)
        ready = self._selector.select(0 if found else seconds)
        for key, _ in ready:
            if key.data is None:
                os.read(key.fd, 512)  # that it could be read was all
        heard = [key for key, _ in ready if key.data is not None]
        heard.sort(key=lambda key: key.fd == key.data.answers)  # what a process has said before its server died counts
        for key in heard:
            if key.fd in self._selector.get_map():  # it has not just been ended
                name, answer = key.data.name, self._answer(key.data, key.fd)
                if name is not None and answer is not None:
                    found[name] = answer
        return found

    def _answer(self, server: Server, descriptor: int) -> dict[str, Any] | None:
        """The answer of one that has said something, or has died."""
        name, was_up = server.name, server.is_up
        answer = server.answer(descriptor)
        if name is not None and server.is_up and not was_up:
            self._due.pop(name, None)
            if name in self._timeouts:
                self._start_clock(server, name)
        while name is not None and answer is not None and "late" in answer:
            self._start_clock(server, name)
            answer = server.answer(descriptor)  # there may be more behind it
        if answer is None:
            return None
        if name is not None:
            self._forget(name)
        if answer.get("settled"):
            self._idle.append(server)
        elif answer:
            self._idle.appendleft(server)
        else:
            self._end(server)
            if not server.is_up and (reason := server.forked_from.said()):
                return _unstarted(reason)
        return answer

    def _overdue(self) -> dict[str, dict[str, Any]]:
        """Stop what has had its time; answers in place of servers that there are not, or that do not come so far."""
        now = time.monotonic()
        found: dict[str, dict[str, Any]] = {}
        for name, (due, answer) in [*self._due.items()]:
            if due > now:
                continue
            if answer is None:
                del self._due[name]
                self._busy[name].stop("timeout")
                continue
            found[name] = answer
            server = self._forget(name)
            if server is not None:
                server.kill()
                self._end(server)
        return found

    def _forget(self, name: str) -> Server | None:
        """Wait no longer for the answer to a job; its server, if it has one."""
        self._due.pop(name, None)
        self._timeouts.pop(name, None)
        server = self._busy.pop(name, None)
        if server is not None:
            server.name = None
        return server

    def _end(self, server: Server) -> None:
        with suppress(ValueError):  # it had a job
            self._idle.remove(server)
        for descriptor in (server.direct, server.answers):
            self._selector.unregister(descriptor)
        server.end()

    def end(self) -> None:
        """End all of them, whatever they do."""
        servers = [*self._busy.values(), *self._idle]
        self._busy.clear()
        self._idle.clear()
        self._selector.close()
        for server in servers:  # all begin to end before the first is waited for
            server.close()
        for server in servers:
            server.end()


def _unstarted(reason: str) -> dict[str, Any]:
    return _failure(f"no process can be started for it: {reason}")


def _failure(error: str) -> dict[str, Any]:
    return {"failure": {"abort": False, "error": error, "traceback": ""}}
