"""A block that no attempt outlives: for engines that run attempts in threads, which they cannot stop."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, Protocol

from .errors import StageCancelled, StageKilled, StageNotBegun


class Endable(Protocol):
    """An attempt, as much of it as counts here."""

    def run(self) -> dict[str, Any]:
        """Run it to its end."""
        ...

    def kill(self) -> None:
        """End it, or keep it from beginning."""
        ...


@contextmanager
def ending_attempts(
    is_cancelled: Callable[[BaseException], bool] | None = None, cancelled: Callable[..., Any] | None = None
) -> Iterator[None]:
    """End, when the block is left, all attempts that were started in it: also by threads with a copy of its context.

    Whoever waits for one of them gets `StageKilled`; whoever starts another one later, `StageNotBegun`.

    Args:
        is_cancelled: Whether somebody has asked for the interruption: those who wait get `StageCancelled` then, too.
        cancelled: Called with a `message`, makes what an attempt returns in place of raising one of these two.

    >>> with ending_attempts():
    ...     pass  # hand work to threads, wait for it, and be interrupted
    """
    block = _Block(cancelled)
    token = _current.set(block)
    try:
        yield
    except BaseException as error:
        # What is asked here may need a network that is gone; the attempts have to end all the same.
        with suppress(Exception):
            block.is_cancelled = is_cancelled is not None and is_cancelled(error)
        raise
    finally:
        _current.reset(token)
        block.end()


def has_ended() -> bool:
    """Return whether the block that this context is in has been left: nothing that is begun now can succeed."""
    block = _current.get()
    return block is not None and block.has_ended


def run_in_block(attempt: Endable) -> dict[str, Any]:
    """Run an attempt as one of the block that this context is in, if it is in one."""
    block = _current.get()
    return attempt.run() if block is None else block.run(attempt)


class _Block:
    def __init__(self, cancelled: Callable[..., Any] | None) -> None:
        self._cancelled = cancelled
        self.has_ended = False
        self.is_cancelled = False
        self._running: set[Endable] = set()
        self._lock = threading.Lock()

    def run(self, attempt: Endable) -> dict[str, Any]:
        with self._lock:
            is_late = self.has_ended
            if is_late:
                attempt.kill()
            self._running.add(attempt)
        try:
            return attempt.run()
        except StageKilled as killed:
            if not (is_late or self.is_cancelled):
                raise
            ended = (StageNotBegun if is_late else StageCancelled)(killed.stage, "the run has ended")
            if self._cancelled is None:
                raise ended from None
            returned: dict[str, Any] = self._cancelled(message=str(ended))
            return returned
        finally:
            with self._lock:
                self._running.discard(attempt)

    def end(self) -> None:
        with self._lock:
            self.has_ended = True
            for attempt in self._running:
                attempt.kill()


_current: ContextVar["_Block | None"] = ContextVar("stage_runtime.ending", default=None)
