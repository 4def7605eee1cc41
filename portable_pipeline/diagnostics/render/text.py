"""Diagnostics for people: a headline, the source underlined, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portable_pipeline.diagnostics.diagnostic import Diagnostic, Severity
from portable_pipeline.diagnostics.render.snippet import Mark, Row, rows
from portable_pipeline.diagnostics.render.sources import Sources
from portable_pipeline.diagnostics.render.width import on_one_line

_BOLD, _RED, _YELLOW, _BLUE, _CYAN = "1", "1;31", "1;33", "1;34", "36"
_SEVERITY_COLOR = {Severity.ERROR: _RED, Severity.WARNING: _YELLOW}


def as_text(found: Iterable[Diagnostic], sources: Sources, color: bool = False) -> str:
    """One block for each diagnostic, an empty line between two."""
    paint = _Paint(color)
    return "\n".join(_block(each, sources, paint) for each in found)


@dataclass(frozen=True, slots=True)
class _Paint:
    on: bool

    def __call__(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.on and text else text


def _block(diagnostic: Diagnostic, sources: Sources, paint: _Paint) -> str:
    style = _SEVERITY_COLOR[diagnostic.severity]
    head = paint(f"{diagnostic.severity.value}[{diagnostic.code}]", style)
    lines = [head + paint(f": {on_one_line(diagnostic.message)}", _BOLD)]
    files = _marks_by_file(diagnostic)
    shown = {file: rows(sources.text(file), marks) for file, marks in files.items()}
    gutter = max((len(str(row.number)) for each in shown.values() for row in each if row.number), default=1)
    bar = " " * (gutter + 1) + paint("|", _BLUE)
    for arrow, (file, marks) in zip(("-->", *[":::"] * len(files)), files.items(), strict=False):
        place = marks[0].span
        where = f"{on_one_line(sources.shown(file))}:{place.line}:{place.column}"
        lines.append(f"{' ' * gutter}{paint(arrow, _BLUE)} {where}")
        if shown[file]:
            lines.append(bar)
            lines += [_line(row, gutter, bar, style, paint) for row in shown[file]]
        else:
            # Nothing to underline: what would stand under it is still worth reading.
            lines += [_note(mark.label, "note", gutter, paint) for mark in marks if mark.label]
    if diagnostic.span is None and diagnostic.span_label:
        lines.append(_note(diagnostic.span_label, "note", gutter, paint))
    if diagnostic.advice:
        lines.append(_note(diagnostic.advice, "help", gutter, paint))
    lines.append(_note(f"ppc explain {diagnostic.code}", "more", gutter, paint))
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _marks_by_file(diagnostic: Diagnostic) -> dict[str, list[Mark]]:
    """What to underline in each file: the offence's own file first, its own mark first in it."""
    files: dict[str, list[Mark]] = {}
    if diagnostic.span is not None:
        files[diagnostic.span.file] = [Mark(diagnostic.span, on_one_line(diagnostic.span_label), primary=True)]
    for each in diagnostic.related:
        files.setdefault(each.span.file, []).append(Mark(each.span, on_one_line(each.label), primary=False))
    return files


def _line(row: Row, gutter: int, bar: str, style: str, paint: _Paint) -> str:
    if row.number is not None:
        return f"{paint(str(row.number).rjust(gutter), _BLUE)} {paint('|', _BLUE)} {row.text}"
    if row.primary is None:
        return f"{' ' * gutter}{paint('...', _BLUE)}"
    return f"{bar} {row.indent}{paint(row.text, style if row.primary else _BLUE)}"


def _note(text: str, name: str, gutter: int, paint: _Paint) -> str:
    first, *rest = text.splitlines() or [""]
    lead = f"{' ' * (gutter + 1)}{paint('=', _BLUE)} {paint(name, _BOLD if name != 'more' else _CYAN)}: "
    hang = " " * (gutter + 3 + len(name) + 2)
    return lead + "\n".join([on_one_line(first), *(f"{hang}{on_one_line(each)}" for each in rest)])
