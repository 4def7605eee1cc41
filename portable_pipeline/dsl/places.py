"""Where in the user's code something happened, cheaply: capture turns it into a span when it is needed."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import CodeType

_LANGUAGE = __name__.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Place:
    """An instruction of the user's code.

    Args:
        code: The code object that it belongs to.
        offset: Of the instruction, in bytes.
        line: Its line, from 1.
    """

    code: CodeType
    offset: int
    line: int


def users_place() -> Place:
    """The instruction of the user's code that is being executed: the innermost one outside this package."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_LANGUAGE):
        frame = frame.f_back
    return Place(frame.f_code, frame.f_lasti, frame.f_lineno)
