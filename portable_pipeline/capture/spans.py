"""From places in running code to spans of source."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, field
from types import CodeType

from portable_pipeline.capture.project import Project
from portable_pipeline.capture.source_files import SourceFile
from portable_pipeline.diagnostics import Span
from portable_pipeline.dsl.places import Place


@dataclass(frozen=True, slots=True)
class CallSpans:
    """Where a call and its arguments stand.

    Args:
        whole: The call.
        arguments: Its positional arguments, in order.
        keywords: Its keyword arguments, by name: the value's place.
    """

    whole: Span | None
    arguments: tuple[Span, ...] = ()
    keywords: dict[str, Span] = field(default_factory=dict)

    def argument(self, position: int) -> Span | None:
        """Where that positional argument stands, else the call."""
        return self.arguments[position] if position < len(self.arguments) else self.whole

    def keyword(self, name: str) -> Span | None:
        """Where that keyword argument's value stands, else the call."""
        return self.keywords.get(name, self.whole)


class Spans:
    """Spans of the places in a project's files."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._positions: dict[CodeType, list[tuple[int | None, ...]]] = {}
        self._calls: dict[ast.stmt, dict[tuple[int, int], ast.Call]] = {}

    def of(self, place: Place) -> Span | None:
        """The expression that was being executed; its line where Python says no more; None outside the project."""
        source = self._project.file(place.code.co_filename)
        if source is None:
            return None
        position = self._position(place, source)
        return source.span_of_line(place.line) if position is None else source.span_of(*position)

    def call(self, place: Place) -> CallSpans:
        """The call that was being executed, with its arguments."""
        source = self._project.file(place.code.co_filename)
        if source is None:
            return CallSpans(None)
        position = self._position(place, source)
        statement = source.statement_at(place.line)
        if position is None or statement is None:
            return CallSpans(source.span_of_line(place.line))
        found = self._calls_in(statement).get(position[2:])
        if found is None:
            return CallSpans(source.span_of(*position))
        return CallSpans(
            source.span(found),
            tuple(source.span(each) for each in found.args),
            {each.arg: source.span(each.value) for each in found.keywords if each.arg is not None},
        )

    def _calls_in(self, statement: ast.stmt) -> dict[tuple[int, int], ast.Call]:
        """The calls by their ends: Python moves the start of a method's call to the method's name."""
        if statement not in self._calls:
            calls = (node for node in ast.walk(statement) if isinstance(node, ast.Call))
            self._calls[statement] = {(node.end_lineno or 0, node.end_col_offset or 0): node for node in calls}
        return self._calls[statement]

    def _position(self, place: Place, source: SourceFile) -> tuple[int, int, int, int] | None:
        if sys.version_info < (3, 11):
            from portable_pipeline.capture.spans_310 import position_of

            return position_of(place, source)
        if place.code not in self._positions:
            self._positions[place.code] = list(place.code.co_positions())
        line, end_line, offset, end_offset = self._positions[place.code][place.offset // 2]
        if line is None or end_line is None or offset is None or end_offset is None:
            return None
        return line, offset, end_line, end_offset
