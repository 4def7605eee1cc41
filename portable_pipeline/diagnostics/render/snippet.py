"""Source lines and the underlines below them, as rows; without colours, gutters or headlines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from portable_pipeline.diagnostics.render.width import laid_out
from portable_pipeline.diagnostics.span import Span

#: Python's own line ends; `str.splitlines` knows more, which would shift all numbers below a form feed.
_LINE_END = re.compile(r"\r\n|\r|\n")

#: A span of more lines than this is shown with its middle left out.
_WHOLE = 5
_HEAD, _TAIL = 2, 1


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of source to underline, and what to say about it."""

    span: Span
    label: str
    primary: bool


class Row(NamedTuple):
    """A row of the snippet.

    Args:
        number: Of the source line, for a row that shows one; None for an underline or a gap.
        text: The source, or the underline with its label.
        indent: Blanks before an underline.
        primary: Whether an underline belongs to the offence itself; None for a source line and for a gap.
    """

    number: int | None = None
    text: str = ""
    indent: str = ""
    primary: bool | None = None


class _Underline(NamedTuple):
    start: int
    row: Row


def rows(text: str | None, marks: Sequence[Mark]) -> list[Row]:
    """The lines that the marks touch, each followed by its underlines; empty when there is no source to show."""
    source = [] if text is None else _LINE_END.split(text)
    touched: dict[int, list[_Underline]] = {}
    elided: set[int] = set()
    for mark in marks:
        last = min(max(mark.span.end_line, mark.span.line), len(source))
        lines = range(mark.span.line, last + 1)
        kept = list(lines) if len(lines) <= _WHOLE else [*lines[:_HEAD], *lines[-_TAIL:]]
        elided.update(kept[_HEAD - 1 : _HEAD] if len(kept) < len(lines) else ())
        for number in kept:
            if number >= 1:
                touched.setdefault(number, []).append(_underline(source[number - 1], number, last, mark))
    return list(_laid(source, touched, elided))


def _laid(source: Sequence[str], touched: dict[int, list[_Underline]], elided: Iterable[int]) -> Iterator[Row]:
    gaps = set(elided)
    for number in sorted(touched):
        yield Row(number, laid_out(source[number - 1])[0])
        for each in sorted(touched[number], key=lambda underline: underline.start):
            yield each.row
        if number in gaps and number + 1 not in touched:
            yield Row()


def _underline(line: str, number: int, last: int, mark: Mark) -> _Underline:
    _, starts = laid_out(line)
    blank = len(line) - len(line.lstrip())
    begin = min(mark.span.column - 1, len(line)) if number == mark.span.line else blank
    end = len(line.rstrip())
    if number == last and last == max(mark.span.end_line, mark.span.line):
        end = _end_column(mark.span, line) - 1
    if mark.span.column == 1 and not mark.span.end_column:
        begin = blank
    start = starts[max(begin, 0)]
    length = max(starts[max(min(end, len(line)), 0)] - start, 1)
    label = f" {mark.label}" if mark.label and number == last else ""
    return _Underline(start, Row(None, ("^" if mark.primary else "-") * length + label, " " * start, mark.primary))


def _end_column(span: Span, line: str) -> int:
    """The column after the last character; a span that does not know it ends with the line, or after one character."""
    if span.end_column:
        return span.end_column
    return len(line.rstrip()) + 1 if span.column == 1 else span.column + 1
