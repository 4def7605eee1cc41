"""Forks of a warm Airflow: each does one thing, tells of it in JSON lines, and dies with its parent."""

from __future__ import annotations

import json
import multiprocessing
import os
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

Answer = dict[str, Any]
Send = Callable[[Answer], None]

#: How long the attempts of a run that was killed may take to notice.
FOLLOW_WITHIN_SECONDS = 10.0
#: Time itself, whatever `dag.test()` is made to wait for.
sleep = time.sleep


class Fork:
    """A child and what it says."""

    def __init__(self, pid: int, reading: int) -> None:
        self.pid = pid
        self._reading = reading
        self._rest = b""

    def messages(self, until: float | None = None) -> Iterator[Answer]:
        """What the child says, until it ends or the clock (`time.monotonic`) shows `until`."""
        while True:
            while b"\n" in self._rest:
                line, _, self._rest = self._rest.partition(b"\n")
                yield json.loads(line)
            left = None if until is None else max(0.0, until - time.monotonic())
            readable, _, _ = select.select([self._reading], [], [], left)
            chunk = os.read(self._reading, 1 << 16) if readable else b""
            if not chunk:
                return
            self._rest += chunk

    def finish(self) -> list[Answer]:
        """Everything that it says, to its end."""
        said = list(self.messages())
        self.kill()
        return said

    def kill(self) -> None:
        """End it at once, and wait for what it started to follow; what has ended already only gives back its own."""
        import psutil

        tree = psutil.Process(self.pid).children(recursive=True)
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._reading)
        deadline = time.monotonic() + FOLLOW_WITHIN_SECONDS
        while any(map(_runs, tree)) and time.monotonic() < deadline:
            sleep(0.02)


def _runs(process: Any) -> bool:
    import psutil

    try:
        # An orphan that nobody collects stays a zombie.
        return bool(process.is_running()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def fork(work: Callable[[Send], None], log: Path) -> Fork:
    """Do `work` in a child whose output goes to `log`; when it raises, its last message is a `failure`."""
    reading, writing = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Fork(pid, reading)
    try:
        os.close(reading)
        die_with(parent)
        send = _sender(writing)
        with output_to(log):
            try:
                work(send)
            except BaseException as error:
                traceback.print_exc()
                send({"failure": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(0)


def _sender(writing: int) -> Send:
    """Sends whole lines, also when children of this process send, too."""
    turn = multiprocessing.get_context("fork").Lock()

    def send(message: Answer) -> None:
        rest = json.dumps(message).encode() + b"\n"
        with turn:
            while rest:
                rest = rest[os.write(writing, rest) :]

    return send


def die_with(parent: int) -> None:
    """From now on, end this process soon after its parent has ended, however that happens."""

    def watch() -> None:
        while os.getppid() == parent:
            sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def output_to(log: Path) -> Iterator[None]:
    """Everything printed in the block goes to a file, from C and from child processes too."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    with log.open("ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, was in enumerate(kept, start=1):
            os.dup2(was, number)
            os.close(was)
