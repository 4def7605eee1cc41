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
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from portable_pipeline.runtime import guard

_SAID_BYTES = 1 << 16
#: When its files are closed it has ended, or soon will have.
_END_SECONDS = 0.1
_LIMITS = sorted({getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")})
_TOLD = ("Umask:", "Uid:", "Gid:", "Groups:", "SigBlk:", "SigIgn:", "Cap", "Cpus_allowed:")


def _folder() -> object:
    try:
        here = os.stat(".")  # noqa: PTH116 - another one may have been made in its place
        return os.getcwd(), here.st_dev, here.st_ino  # noqa: PTH109 - compared, nothing else
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
        self._lock = threading.Lock()
        # A pipe would be full at some time: interpreters can be told to say much.
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self._heard = 0
        self._last_word = ""
        self._connection, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    program,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=self._errors,
                    start_new_session=True,
                    env={**os.environ, guard.MARKER: secrets.token_hex(16)},
                )
            except BaseException:
                self._connection.close()
                self._errors.close()
                raise

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
        try:
            self._send({"fork": marker, "code": folder, "modules": modules}, descriptors)
        except OSError as error:
            raise OSError(self.said() or str(error)) from error

    def kill(self, marker: str) -> None:
        """Kill a server."""
        with suppress(OSError):
            self._send({"kill": marker})

    def _send(self, message: object, descriptors: Sequence[int] = ()) -> None:
        text = json.dumps(message).encode()
        told = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
        with self._lock:  # runs of other threads have it as well
            self._connection.sendmsg([len(text).to_bytes(8, "big")], told)
            self._connection.sendall(text)

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def said(self) -> str:
        """Why it could not do what it was to do, the last line of that; empty if it has said nothing."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)
            self._heard = 0  # what it died of is true for all
        if not self._errors.closed:
            end = os.fstat(self._errors.fileno()).st_size
            text = os.pread(self._errors.fileno(), _SAID_BYTES, max(end - _SAID_BYTES, self._heard))
            self._heard = end
            return (text.decode(errors="replace").splitlines() or [""])[-1]
        return self._last_word

    def close(self) -> None:
        """End it; servers go on until their own end."""
        self._connection.close()
        self._process.wait()
        self._last_word = self.said()
        self._errors.close()


class _Kept:
    """The one that was used last, and what it has inherited from this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: ForkServer | None = None
        self._inherited: object = None

    def fork(self, program: Sequence[str], marker: str, code: Sequence[str], descriptors: Sequence[int]) -> ForkServer:
        inherited = ([*program], os.getpid(), *(look() for look in _INHERITED))
        with self._lock:  # until it has forked: a run of another thread may need another one
            if self._server is None or self._inherited != inherited or not self._server.is_alive():
                self.close()
                self._server, self._inherited = ForkServer(program), inherited
            self._server.fork(marker, code, descriptors)
            return self._server

    def close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()


_kept = _Kept()
atexit.register(_kept.close)


def fork(program: Sequence[str], marker: str, code: Sequence[str], descriptors: Sequence[int]) -> ForkServer:
    """Have a server of the one of this process; of another one if that has died, or would have inherited other things.

    Args:
        program: What to start if need be.
        marker: As for `ForkServer.fork`, like the following.

    Raises:
        OSError: If it cannot be started.
    """
    return _kept.fork(program, marker, code, descriptors)
