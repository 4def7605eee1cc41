"""Our process, kept as it is while the user's module is executed in it."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import Any, NoReturn, TextIO

_STANDARD = (0, 1, 2)


@contextmanager
def protected() -> Iterator[None]:
    """Let the user's code neither end our process nor take its streams; what it prints goes to stderr.

    Between the lines of JSON that a command prints it would do harm.
    """
    with ExitStack() as stack:
        stack.enter_context(_descriptors())
        stack.enter_context(_no_end())
        if sys.stderr is not None:
            stack.enter_context(redirect_stdout(_Lent(sys.stderr)))
            stack.enter_context(redirect_stderr(_Lent(sys.stderr)))
        yield


@contextmanager
def _no_end() -> Iterator[None]:
    """Let `os._exit` raise: with code 0 nobody would see that nothing has been done."""
    end, process, over = os._exit, os.getpid(), False

    def leave(status: int) -> NoReturn:
        if over or os.getpid() != process:  # who has imported it may call it later, and so may a child
            end(status)
        raise SystemExit(status)

    os._exit = leave
    try:
        yield
    finally:
        over = True
        os._exit = end


@contextmanager
def _descriptors() -> Iterator[None]:
    """Have the standard descriptors afterwards, whether they were closed or are something else by then."""
    saved: dict[int, int] = {}
    for each in _STANDARD:
        with suppress(OSError):  # it was closed before
            saved[each] = os.dup(each)
    try:
        yield
    finally:
        for each, copy in saved.items():
            os.dup2(copy, each)
            os.close(copy)


class _Lent(io.TextIOBase):
    """A stream of ours that can be closed without harm to it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        return self._stream.write(text)

    def flush(self) -> None:
        if not self.closed:
            self._stream.flush()

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @property
    def encoding(self) -> str:  # type: ignore[override] # which the base class has as a variable
        return self._stream.encoding
