"""The process that servers are forked from. It is kept: the next run of this process need not start a Python."""

from __future__ import annotations

import array
import atexit
import json
import os
import resource
import secrets
import socket
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from portable_pipeline.runtime import guard

_SAID_BYTES = 1 << 16
_LIMITS = sorted({getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")})
_TOLD = ("Umask:", "Uid:", "Gid:", "Groups:", "SigBlk:", "SigIgn:", "Cap", "Cpus_allowed:")


def _folder() -> object:
    try:
        return os.getcwd()  # noqa: PTH109 - compared, nothing else
    except FileNotFoundError:
        return None


def _status() -> object:
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # only Linux has it
        return None
    return [line for line in lines if line.startswith(_TOLD)]


#: What a process has from the one that starts it, and what can change while that lives.
_INHERITED: tuple[Callable[[], object], ...] = (
    lambda: dict(os.environ),
    _folder,
    _status,
    lambda: [resource.getrlimit(limit) for limit in _LIMITS],
    lambda: os.getpriority(os.PRIO_PROCESS, 0),
)


class ForkServer:
    """A process of `stage_runtime/forkserver.py`.

    Args:
        program: What to start.

    Raises:
        OSError: If it cannot be started.
    """

    def __init__(self, program: Sequence[str]) -> None:
        self._connection, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    program,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                    env={**os.environ, guard.MARKER: secrets.token_hex(16)},
                )
            except BaseException:
                self._connection.close()
                raise
        assert self._process.stderr
        os.set_blocking(self._process.stderr.fileno(), False)

    def fork(self, marker: str, code: Sequence[str], descriptors: Sequence[int]) -> None:
        """Have a server.

        Args:
            marker: Tells its processes from all others.
            code: The folder of the stages' code and its modules, behind that.
            descriptors: Of its standard input, its log and its ends of the other pipes, as in `serve.py`.

        Raises:
            OSError: If it has died.
        """
        folder, *modules = code
        self._send({"fork": marker, "code": folder, "modules": modules}, descriptors)

    def kill(self, marker: str) -> None:
        """Kill a server."""
        with suppress(OSError):
            self._send({"kill": marker})

    def _send(self, message: object, descriptors: Sequence[int] = ()) -> None:
        text = json.dumps(message).encode()
        told = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
        self._connection.sendmsg([len(text).to_bytes(8, "big")], told)
        self._connection.sendall(text)

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def said(self) -> str:
        """Why it could not do what it was to do, the last line of that; empty if it has said nothing."""
        assert self._process.stderr
        with suppress(BlockingIOError):
            text = os.read(self._process.stderr.fileno(), _SAID_BYTES).decode(errors="replace")
            return (text.splitlines() or [""])[-1]
        return ""

    def close(self) -> None:
        """End it; servers go on until their own end."""
        assert self._process.stderr
        self._connection.close()
        self._process.wait()
        self._process.stderr.close()


class _Kept:
    """The one that was used last, and what it has inherited from this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: ForkServer | None = None
        self._inherited: object = None

    def get(self, program: Sequence[str]) -> ForkServer:
        inherited = ([*program], os.getpid(), *(look() for look in _INHERITED))
        with self._lock:
            if self._server is None or self._inherited != inherited or not self._server.is_alive():
                self.close()
                self._server, self._inherited = ForkServer(program), inherited
            return self._server

    def close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()


_kept = _Kept()
atexit.register(_kept.close)


def forkserver(program: Sequence[str]) -> ForkServer:
    """The one of this process; another one if that has died, or would have inherited something else today.

    Args:
        program: What to start.

    Raises:
        OSError: If it cannot be started.
    """
    return _kept.get(program)
