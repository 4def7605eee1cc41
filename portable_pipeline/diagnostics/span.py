"""Where in the user's source something stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a source file.

    Args:
        file: Path relative to the project root, with forward slashes, so that the same pipeline gives the same IR
            on every machine.
        line: First line, from 1.
        column: First column, from 1.
        end_line: Last line, inclusive.
        end_column: Column after the last character, from 1.
    """

    file: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0
