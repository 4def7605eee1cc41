"""A block that no attempt outlives: for engines that run attempts in threads, which they cannot stop."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol


class Endable(Protocol):
    """An attempt, as much of it as counts here."""

    def run(self) -> dict[str, Any]:
        """Run it to its end."""
        ...

    def kill(self) -> None:
        """End it, or keep it from beginning."""
        ...


@contextmanager
def ending_attempts() -> Iterator[None]:
    """End, when the block is left, all attempts that were started in it: also by threads with a copy of its context.

    Whoever waits for one of them, or starts another one later, gets `StageKilled`.

    >>> with ending_attempts():
    ...     pass  # hand work to threads, wait for it, and be interrupted
    """
    block = _Block()
    token = _current.set(block)
    try:
        yield
    finally:
        _current.reset(token)
        block.end()


def run_in_block(attempt: Endable) -> dict[str, Any]:
    """Run an attempt as one of the block that this context is in, if it is in one."""
    block = _current.get()
    return attempt.run() if block is None else block.run(attempt)


class _Block:
    def __init__(self) -> None:
        self._running: set[Endable] = set()
        self._ended = False
        self._lock = threading.Lock()

    def run(self, attempt: Endable) -> dict[str, Any]:
        with self._lock:
            if self._ended:
                attempt.kill()
            self._running.add(attempt)
        try:
            return attempt.run()
        finally:
            with self._lock:
                self._running.discard(attempt)

    def end(self) -> None:
        with self._lock:
            self._ended = True
            for attempt in self._running:
                attempt.kill()


_current: ContextVar["_Block | None"] = ContextVar("stage_runtime.ending", default=None)
