"""The process of an attempt as the engine's side sees it: a job goes in, lines for the log and an answer come out."""

import json
import os
import secrets
import selectors
import subprocess
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import guard

_CHUNK_BYTES = 1 << 16
_LOOK_SECONDS = 1.0
_END_SECONDS = guard.GRACE_SECONDS + 1.5


class AttemptProcess:
    """A process that does one job; nothing of it outlives `run`, however that ends.

    Args:
        python: The interpreter.
        code: The folder of the stages' code, with this package in it as `stage_runtime`.
        emit: Takes each line that the process and its children print.
    """

    def __init__(self, python: Path, code: Path, emit: Callable[[str], object]) -> None:
        self._program = [str(python), str(code / "stage_runtime" / "__main__.py")]
        self._log = _Lines(emit)
        self._marker = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self.killed = False

    def run(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """Do the job; return what the stage's process and its guard have said about it."""
        results, write_results = os.pipe()
        said = bytearray()
        try:
            try:
                self._start(write_results)
            finally:
                os.close(write_results)
            if self._process is not None:
                self._send(self._process, job)
                self._listen(self._process, {results: said.extend})
        finally:
            # Also when the engine stops us by an exception out of a signal handler.
            os.close(results)
            self._end()
        self._log.end()
        return _merged(said)

    def kill(self) -> None:
        """End the process and all that it started; from any thread, at any time."""
        with self._lock:
            self.killed = True
            if self._process is not None:
                _close(self._process.stdin)

    def _start(self, results: int) -> None:
        with self._lock:
            if self.killed:
                return
            self._process = subprocess.Popen(
                [*self._program, str(results)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=[results],
                start_new_session=True,
                env={**os.environ, guard.MARKER: self._marker},
            )

    @staticmethod
    def _send(process: "subprocess.Popen[bytes]", job: Mapping[str, Any]) -> None:
        assert process.stdin
        with suppress(BrokenPipeError, ValueError):  # it has died or been killed already: there will be no answer
            process.stdin.write(json.dumps(job).encode() + b"\n")
            process.stdin.flush()

    def _listen(self, process: "subprocess.Popen[bytes]", results: dict[int, Callable[[bytes], object]]) -> None:
        assert process.stdout
        with selectors.DefaultSelector() as selector:
            for source, take in {process.stdout.fileno(): self._log.take, **results}.items():
                selector.register(source, selectors.EVENT_READ, take)
            while selector.get_map():
                ready = selector.select(_LOOK_SECONDS)
                if not ready and process.poll() is not None:
                    return  # the guard is gone, and what it could not end keeps the pipes open
                for key, _ in ready:
                    chunk = os.read(key.fd, _CHUNK_BYTES)
                    if chunk:
                        key.data(chunk)
                    else:
                        selector.unregister(key.fd)

    def _end(self) -> None:
        if self._process is None:
            return
        _close(self._process.stdin)  # what the guard waits for
        _close(self._process.stdout)
        try:
            guarded = self._process.wait(_END_SECONDS) == 0
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            guarded = False
        if not guarded:
            guard.kill_marked(self._marker)


class _Lines:
    """Cuts a stream of bytes into lines; of a progress bar only what a terminal would still show."""

    def __init__(self, emit: Callable[[str], object]) -> None:
        self._emit = emit
        self._rest = b""

    def take(self, chunk: bytes) -> None:
        *lines, rest = (self._rest + chunk).split(b"\n")
        self._rest = b""
        for line in lines:
            self._pass_on(line)
        if len(rest) > _CHUNK_BYTES:
            self._pass_on(rest)
        else:
            self._rest = rest

    def end(self) -> None:
        rest, self._rest = self._rest, b""
        if rest:
            self._pass_on(rest)

    def _pass_on(self, line: bytes) -> None:
        self._emit(line.rstrip(b"\r").rpartition(b"\r")[2].decode("utf-8", "replace"))


def _merged(said: bytes | bytearray) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for line in said.splitlines():
        try:
            merged |= json.loads(line)
        except ValueError:
            continue  # the process died while it wrote this
    return merged


def _close(file: Any) -> None:
    with suppress(OSError):  # what was still to be written has no reader any more
        file.close()
