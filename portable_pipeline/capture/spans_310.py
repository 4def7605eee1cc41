"""Positions of calls on Python 3.10, whose code knows lines only: the n-th call instruction is the n-th call."""

from __future__ import annotations

import ast
import dis
from collections.abc import Iterator

from portable_pipeline.capture.source_files import SourceFile
from portable_pipeline.dsl.places import Place


def position_of(place: Place, source: SourceFile) -> tuple[int, int, int, int] | None:
    """First line, offset, last line and offset of the call that was being executed; None where it was no call."""
    statement = source.statement_at(place.line)
    if statement is None:
        return None
    offsets = [
        each.offset for each, line in _with_lines(place) if line == place.line and each.opname.startswith("CALL_")
    ]
    calls = [call for call in _calls(statement) if call.lineno == place.line]
    if place.offset not in offsets or len(calls) != len(offsets):
        return None
    call = calls[offsets.index(place.offset)]
    return call.lineno, call.col_offset, call.end_lineno or call.lineno, call.end_col_offset or call.col_offset


def _with_lines(place: Place) -> Iterator[tuple[dis.Instruction, int]]:
    line = place.code.co_firstlineno
    for each in dis.get_instructions(place.code):
        line = each.starts_line or line
        yield each, line


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """In the order in which they are executed: what a call is made of comes before it."""
    for child in ast.iter_child_nodes(node):
        yield from _calls(child)
    if isinstance(node, ast.Call):
        yield node
