"""Where in the user's code something happened, cheaply: capture turns it into a span when it is needed."""

from __future__ import annotations

import dataclasses
import sys
from dataclasses import dataclass
from types import CodeType, FrameType

_LANGUAGE = __name__.rpartition(".")[0]
_LIBRARY = dataclasses.__file__.removesuffix("dataclasses.py")


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
    """The instruction of the user's code that is being executed.

    That is the innermost one outside of this package, the standard library and installed packages: what `Path(handle)`
    does inside of `pathlib` tells the user nothing.
    """
    innermost = sys._getframe(1)
    while innermost.f_back is not None and _is_ours(innermost):
        innermost = innermost.f_back
    frame: FrameType | None = innermost
    while frame is not None and (_is_ours(frame) or _is_library(frame.f_code.co_filename)):
        frame = frame.f_back
    found = frame or innermost
    return Place(found.f_code, found.f_lasti, found.f_lineno)


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).startswith(_LANGUAGE)


def _is_library(file: str) -> bool:
    return file.startswith((_LIBRARY, "<frozen ")) or "site-packages" in file
