"""Excerpts of Python files, by the names of functions and by what stands in them.

`when_*; gate ~ dsl.If|dsl.Else` is all functions called like that, and of `gate` the statements that match; the rest of
it is left out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase


def excerpt(text: str, wanted: str) -> str:
    """The parts of a file, in its order.

    Args:
        wanted: Names of functions, classes and variables, with wildcards, divided by `;`; after `~` an expression that
            the statements inside must match.
    """
    lines = text.splitlines()
    pairs = (each.partition("~") for each in wanted.split(";"))
    chosen = [(name.strip(), pattern.strip()) for name, _, pattern in pairs]
    found: list[str] = []
    for node in ast.parse(text).body:
        for name, pattern in chosen:
            if any(fnmatchcase(each, name) for each in _names(node)):
                part = _matching(node, re.compile(pattern), lines) if pattern else lines[_first(node) : node.end_lineno]
                found.append("\n".join(part))
                break
    return "\n\n\n".join(found)


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [each.id for each in targets if isinstance(each, ast.Name)]


def _first(node: ast.stmt) -> int:
    """The index of its first line, decorators included."""
    return min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))]) - 1


def _matching(node: ast.stmt, pattern: re.Pattern[str], lines: Sequence[str]) -> list[str]:
    """A function or block with those of its statements that match."""
    body: list[ast.stmt] = getattr(node, "body", [])
    header = lines[_first(node) : _first(body[0])] if body else []
    while header and not header[-1].strip():
        header.pop()
    return [*header, *_statements(body, pattern, lines)]


def _statements(body: Sequence[ast.stmt], pattern: re.Pattern[str], lines: Sequence[str]) -> Iterator[str]:
    """Those that match, with the empty lines and comments between them; dots for the others."""
    shown_until: int | None = None
    is_left_out = False
    for node in body:
        own = lines[_first(node) : node.end_lineno]
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_text or not pattern.search("\n".join(own)):
            if not is_left_out:
                yield f"{' ' * node.col_offset}..."
            is_left_out, shown_until = True, None
            continue
        if shown_until is not None:
            yield from lines[shown_until : _first(node)]
        is_left_out, shown_until = False, node.end_lineno
        yield from _matching(node, pattern, lines) if isinstance(node, ast.With) else own
