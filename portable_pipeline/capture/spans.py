"""From places in running code to spans of source, the same on every version of Python.

Versions differ in what they say about an instruction: an `if` or its condition, a whole f-string or one value in it,
nothing but a line before 3.11. So the position only finds the syntax node, and the node's own place is the span.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from types import CodeType
from typing import Literal

from portable_pipeline.capture.project import Project
from portable_pipeline.capture.source_files import SourceFile
from portable_pipeline.diagnostics import Span
from portable_pipeline.dsl.places import Place

Role = Literal["expression", "condition", "iteration", "text"]

_TESTS = (ast.If, ast.While, ast.IfExp, ast.Assert)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


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
        self._nodes: dict[ast.stmt, _Nodes] = {}

    def of(self, place: Place, role: Role = "expression") -> Span | None:
        """The expression that was being executed; its line where Python says no more; None outside the project.

        Args:
            role: What for: `condition` gives the whole condition, `iteration` what is iterated, `text` the f-string.
        """
        source = self._project.file(place.code.co_filename)
        if source is None:
            return None
        node = self._node(place, source)
        if node is None:
            return source.span_of_line(place.line)
        statement = source.statement_at(place.line)
        assert statement is not None, "a node is in a statement"
        return source.span(_asked_for(node, role, self._nodes_in(statement)))

    def call(self, place: Place) -> CallSpans:
        """The call that was being executed, with its arguments."""
        source = self._project.file(place.code.co_filename)
        if source is None:
            return CallSpans(None)
        found = self._node(place, source)
        if found is None:
            return CallSpans(source.span_of_line(place.line))
        if not isinstance(found, ast.Call):
            return CallSpans(source.span(found))
        return CallSpans(
            source.span(found),
            tuple(source.span(each) for each in found.args),
            {each.arg: source.span(each.value) for each in found.keywords if each.arg is not None},
        )

    def _node(self, place: Place, source: SourceFile) -> ast.expr | ast.stmt | None:
        positions = getattr(place.code, "co_positions", None)
        if positions is None:  # Python 3.10
            from portable_pipeline.capture.spans_310 import node_of

            return node_of(place, source)
        statement = source.statement_at(place.line)
        if place.code not in self._positions:
            self._positions[place.code] = list(positions())
        line, end_line, offset, end_offset = self._positions[place.code][place.offset // 2]
        if statement is None or line is None or end_line is None or offset is None or end_offset is None:
            return None
        nodes = self._nodes_in(statement)
        exact = nodes.exact.get((line, offset, end_line, end_offset))
        # The start of a method's call may be moved to the method's name; its end is its own.
        return exact or nodes.ends.get((end_line, end_offset))

    def _nodes_in(self, statement: ast.stmt) -> _Nodes:
        if statement not in self._nodes:
            self._nodes[statement] = _Nodes.of(statement)
        return self._nodes[statement]


@dataclass(slots=True)
class _Nodes:
    """The nodes of a top-level statement by their places.

    Args:
        exact: By first line, offset, last line and offset; an expression rather than the statement that is all of it.
        ends: Calls and attributes by last line and offset.
        statement: The statement.
    """

    exact: dict[tuple[int, int, int, int], ast.expr | ast.stmt]
    ends: dict[tuple[int, int], ast.expr]
    statement: ast.stmt

    @classmethod
    def of(cls, statement: ast.stmt) -> _Nodes:
        found = cls({}, {}, statement)
        for node in ast.walk(statement):
            if isinstance(node, ast.expr | ast.stmt):
                end = (node.end_lineno or node.lineno, node.end_col_offset or 0)
                key = (node.lineno, node.col_offset, *end)
                if not isinstance(found.exact.get(key), ast.expr):
                    found.exact[key] = node
                if isinstance(node, ast.Call | ast.Attribute):
                    found.ends.setdefault(end, node)
        return found

    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node around each. Only misuses ask for it."""
        return {child: node for node in ast.walk(self.statement) for child in ast.iter_child_nodes(node)}


def _asked_for(node: ast.expr | ast.stmt, role: Role, nodes: _Nodes) -> ast.expr | ast.stmt:
    if role == "condition":
        return _condition(node, nodes.parents())
    if role == "iteration":
        if isinstance(node, ast.For):
            return node.iter
        return node.generators[0].iter if isinstance(node, _COMPREHENSIONS) else node
    if role == "text":
        return _text(node, nodes.parents())
    return node


def _condition(node: ast.expr | ast.stmt, parents: dict[ast.AST, ast.AST]) -> ast.expr | ast.stmt:
    """All of the condition that the node is a part of."""
    if isinstance(node, _TESTS):
        return node.test
    parent = parents.get(node)
    while isinstance(parent, ast.BoolOp) or (isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)):
        node, parent = parent, parents.get(parent)
    return node


def _text(node: ast.expr | ast.stmt, parents: dict[ast.AST, ast.AST]) -> ast.expr | ast.stmt:
    """The f-string that the node is a part of, else the node."""
    found: ast.AST | None = node
    while found is not None and not isinstance(found, ast.stmt):
        if isinstance(found, ast.JoinedStr) and not isinstance(parents.get(found), ast.FormattedValue):
            return found
        found = parents.get(found)
    return node
