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
from portable_pipeline.runner.forkservers import ForkServer, forkserver
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
        forked_from: Starts it.
        code: The folder of the stages' code and its modules, behind that.
        log: Takes what the stages' modules print when they are imported.

    Raises:
        OSError: If it cannot be started.
    """

    def __init__(self, forked_from: ForkServer, code: Sequence[str], log: Path) -> None:
        self.forked_from = forked_from
        self.is_up = False
        self._marker = secrets.token_hex(16)
        self._said = bytearray()
        self._unsent = b""
        take, self._jobs = os.pipe()
        self.answers, give = os.pipe()
        os.set_blocking(self.answers, False)
        try:
            with log.open("ab") as printed:
                forked_from.fork(self._marker, code, (take, give, printed.fileno()))
        except BaseException:
            os.close(self._jobs)
            os.close(self.answers)
            raise
        finally:
            os.close(take)
            os.close(give)

    def send(self, job: Mapping[str, Any]) -> None:
        """Give it a job, or the word to end one."""
        self._unsent += json.dumps(job).encode() + b"\n"
        if self.is_up or len(self._unsent) <= select.PIPE_BUF:  # nobody reads it yet, and a pipe does not hold much
            self._send()

    def _send(self) -> None:
        text, self._unsent = memoryview(self._unsent), b""
        with suppress(BrokenPipeError):  # it has died: its answer will say so
            while text:
                text = text[os.write(self._jobs, text) :]

    def answer(self) -> dict[str, Any] | None:
        """Its answer, as soon as that is complete; nothing in it if the server has died."""
        with suppress(BlockingIOError):
            while not self._said.endswith(b"\n"):
                chunk = os.read(self.answers, _CHUNK_BYTES)
                if not chunk:
                    return {}
                self._said += chunk
                if not self.is_up:  # an empty line comes first, and says so
                    self.is_up = True
                    del self._said[:1]
                    self._send()
        if not self._said.endswith(b"\n"):
            return None
        text, self._said = self._said, bytearray()
        answer: dict[str, Any] = json.loads(text)
        return answer

    def kill(self) -> None:
        """Kill it, and nothing else."""
        self.forked_from.kill(self._marker)

    def close(self) -> None:
        """Have it end, with all that it has started."""
        if self._jobs >= 0:
            os.close(self._jobs)
            self._jobs = -1

    def end(self) -> None:
        """End it, with all that it has started, and wait for that."""
        self.close()
        if not self._has_ended(time.monotonic() + _END_SECONDS):
            self.kill()
            guard.kill_marked(self._marker)
        os.close(self.answers)

    def _has_ended(self, until: float) -> bool:
        """Whether it has by then, as it should."""
        while (left := until - time.monotonic()) > 0:
            if not select.select([self.answers], [], [], left)[0]:
                break
            chunk = os.read(self.answers, _CHUNK_BYTES)
            if not chunk:
                return self._said.endswith(_LAST_WORD)
            self._said += chunk
        return False


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
        # What has not begun: by when it has to, and what is answered if it does not.
        self._due: dict[str, tuple[float, dict[str, Any]]] = {}

    def start(self, name: str, job: Mapping[str, Any]) -> None:
        """Have a job done.

        Args:
            name: Tells the answer; no other job under way has it.
        """
        try:
            server = self._idle.pop() if self._idle else Server(forkserver(self._program), self._code, self._log)
        except OSError as error:
            self._due[name] = 0.0, _unstarted(str(error))
            return
        self._busy[name] = server
        self._selector.register(server.answers, selectors.EVENT_READ, name)
        if job["timeout"] is not None and not server.is_up:
            seconds = job["timeout"] + _IMPORT_SECONDS
            failure = _failure(f"its module was still being imported after {seconds:g} seconds")
            self._due[name] = time.monotonic() + seconds, failure
        server.send(job)

    def kill(self, name: str) -> None:
        """End a job; there will be an answer."""
        if name in self._busy:
            self._busy[name].send({"kill": True})
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
        for key, _ in self._selector.select(0 if found else seconds):
            if key.data is None:
                os.read(key.fd, 512)  # that it could be read was all
                continue
            server = self._busy[key.data]
            answer = server.answer()
            if server.is_up:
                self._due.pop(key.data, None)
            if answer is None:
                continue
            found[key.data] = answer
            self._forget(key.data)
            if answer.get("settled"):
                self._idle.append(server)
            elif answer:
                self._idle.appendleft(server)
            else:
                server.end()
                if not server.is_up and (reason := server.forked_from.said()):
                    found[key.data] = _unstarted(reason)
        return found

    def _overdue(self) -> dict[str, dict[str, Any]]:
        """Answers in place of servers that there are not, or that do not come as far as their job."""
        now = time.monotonic()
        found = {name: answer for name, (due, answer) in self._due.items() if due <= now}
        for name in found:
            server = self._forget(name)
            if server is not None:
                server.kill()
                server.end()
        return found

    def _forget(self, name: str) -> Server | None:
        """Wait no longer for the answer to a job; its server, if it has one."""
        self._due.pop(name, None)
        server = self._busy.pop(name, None)
        if server is not None:
            self._selector.unregister(server.answers)
        return server

    def end(self) -> None:
        """End all of them, whatever they do."""
        servers = [*self._busy.values(), *self._idle]
        self._busy.clear()
        self._idle.clear()
        for server in servers:  # all begin to end before the first is waited for
            server.close()
        for server in servers:
            server.end()
        self._selector.close()


def _unstarted(reason: str) -> dict[str, Any]:
    return _failure(f"no process can be started for it: {reason}")


def _failure(error: str) -> dict[str, Any]:
    return {"failure": {"abort": False, "error": error, "traceback": ""}}
