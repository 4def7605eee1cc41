"""A source file of the user: its text and syntax tree, read once, and spans of what stands in it."""

from __future__ import annotations

import ast
from bisect import bisect_right
from functools import cached_property
from importlib.util import decode_source
from pathlib import Path
from typing import TypeAlias

from portable_pipeline.diagnostics import Span

Positioned: TypeAlias = ast.stmt | ast.expr | ast.arg | ast.keyword | ast.alias


class SourceFile:
    """One Python file.

    Args:
        path: Where it is.
        name: Its path relative to the project root, with forward slashes: what spans carry.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name

    @cached_property
    def text(self) -> str:
        """The decoded text, line ends as `\\n`.

        Raises:
            OSError: If it cannot be read.
            SyntaxError: If its encoding is unknown or wrong.
        """
        return decode_source(self.path.read_bytes()).removeprefix("\ufeff")

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends; line 1 is the first item. A form feed ends none, unlike in `splitlines`."""
        return self.text.split("\n")

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree.

        Raises:
            SyntaxError: If it is not Python.
        """
        return ast.parse(self.text, str(self.path))

    def statement_at(self, line: int) -> ast.stmt | None:
        """The top-level statement that this line, from 1, belongs to; decorators belong to what they decorate."""
        found = bisect_right(self._starts, line) - 1
        return self.tree.body[found] if found >= 0 else None

    @cached_property
    def functions(self) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
        """The functions at its top level by name, those in `if` and `try` included; of several the last."""
        found: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        waiting: list[ast.AST] = list(reversed(self.tree.body))
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found[node.name] = node
            elif isinstance(node, ast.If | ast.Try | ast.With | ast.ExceptHandler):
                waiting.extend(reversed(list(ast.iter_child_nodes(node))))
        return found

    def span(self, node: Positioned) -> Span:
        """Where the node stands."""
        end_line, end_offset = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self.span_of(node.lineno, node.col_offset, end_line, end_offset)

    def span_of(self, line: int, offset: int, end_line: int, end_offset: int) -> Span:
        """The span between two places given as Python gives them: lines from 1, offsets in bytes of UTF-8 from 0."""
        return Span(self.name, line, self._column(line, offset), end_line, self._column(end_line, end_offset))

    def span_of_line(self, line: int) -> Span:
        """The whole line, without the white space around it."""
        text = self.lines[line - 1].rstrip() if 0 < line <= len(self.lines) else ""
        start = len(text) - len(text.lstrip())
        return Span(self.name, line, start + 1, line, len(text) + 1)

    def _column(self, line: int, offset: int) -> int:
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return (offset if text.isascii() else len(text.encode()[:offset].decode(errors="replace"))) + 1

    @cached_property
    def _starts(self) -> list[int]:
        return [first_line(statement) for statement in self.tree.body]


def first_line(statement: ast.stmt) -> int:
    """The statement's first line, that of its first decorator where it has any."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and statement.decorator_list:
        return statement.decorator_list[0].lineno
    return statement.lineno
