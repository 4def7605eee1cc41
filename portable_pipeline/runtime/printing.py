"""What an attempt prints, on its way to its log.

    stage --pipe--> server --> log

A log is a file that is made when there is something to put into it: most attempts print nothing, and a file for each of
them would cost more than all the rest.
"""

import os
import sys
from contextlib import suppress
from typing import Any

_CHUNK_BYTES = 1 << 16
#: More than a pipe holds; whoever goes on printing is heard again later.
_MOST_BYTES = 1 << 21


def make_streams() -> None:
    """Have streams that know that they write to a pipe; before anybody else has got hold of them.

    Those that Python has made may be of a file, and would look for their place in it.
    """
    ends = os.pipe()
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        kept = os.dup(descriptor)
        os.dup2(ends[1], descriptor)
        stream: Any = open(descriptor, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - it has no path
        os.dup2(kept, descriptor)
        os.close(kept)
        stream.buffer.raw.name = f"<{name}>"
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    for end in ends:
        os.close(end)


class Printed:
    """What the process of attempts prints, one attempt after the other.

    Args:
        words: The end of the pipe that is read, which does not block.
    """

    def __init__(self, words: int) -> None:
        self.words = words
        self._log = ""
        self._file = -1
        self._may_speak = True
        self.error: OSError | None = None

    def begin(self, log: str) -> None:
        """From now on it is that of an attempt, whose log stands there."""
        self.end()
        self._log, self.error = log, None

    def speaks(self) -> list[int]:
        """What can be read when something was printed; nothing once nobody is left who could."""
        return [self.words] if self._may_speak else []

    def take(self) -> int:
        """Put into the log what was printed until now; how many bytes that was.

        What cannot be written is lost, and `error` tells why.
        """
        found = 0
        with suppress(BlockingIOError):
            while self._may_speak and found < _MOST_BYTES:
                text = os.read(self.words, _CHUNK_BYTES)
                self._may_speak = bool(text)
                found += len(text)
                try:
                    self._put(memoryview(text))
                except OSError as error:
                    self.error = error
        return found

    def _put(self, text: memoryview) -> None:
        if text and self._file < 0:
            self._file = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        while text:
            text = text[os.write(self._file, text) :]

    def end(self) -> None:
        """Nothing more is to come of the attempt."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
