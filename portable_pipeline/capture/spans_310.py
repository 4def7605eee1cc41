"""Syntax nodes of instructions on Python 3.10, whose code knows lines only.

The statement is compiled again with each node on a line of its own. The instructions are the same, and their lines then
say which node each belongs to.
"""

from __future__ import annotations

import ast
import copy
import dis
from collections.abc import Iterator
from functools import lru_cache
from types import CodeType

from portable_pipeline.capture.source_files import SourceFile
from portable_pipeline.dsl.places import Place


def node_of(place: Place, source: SourceFile) -> ast.expr | ast.stmt | None:
    """The node whose instruction was being executed; None where the code cannot be told from its like."""
    # The module's own code has instructions of all its statements.
    part = source.tree if place.code.co_name == "<module>" else source.statement_at(place.line)
    return None if part is None else _nodes(place.code, part).get(place.offset)


@lru_cache(maxsize=64)
def _nodes(code: CodeType, part: ast.stmt | ast.Module) -> dict[int, ast.expr | ast.stmt]:
    """The node of each instruction, by its offset."""
    executed = _instructions(code)
    names = [each.opname for each, _ in executed]
    for again, nodes in _recompiled(part):
        instructions = _instructions(again)
        if _is_it(again, code, nodes) and [each.opname for each, _ in instructions] == names:
            # A method's call has the line of the method's name.
            calls = {each.func: each for each in nodes if isinstance(each, ast.Call)}
            found: dict[int, ast.expr | ast.stmt] = {}
            for (each, _), (_, line) in zip(executed, instructions, strict=True):
                if 0 < line <= len(nodes):
                    node = nodes[line - 1]
                    is_call = each.opname == "CALL_METHOD" and isinstance(node, ast.Attribute)
                    found[each.offset] = calls.get(node, node) if is_call and isinstance(node, ast.expr) else node
            return found
    return {}


def _is_it(again: CodeType, code: CodeType, nodes: tuple[ast.expr | ast.stmt, ...]) -> bool:
    """Whether the code that was compiled again stands where the other one stands."""
    if again.co_name != code.co_name:
        return False
    first = again.co_firstlineno
    return code.co_name == "<module>" or (first <= len(nodes) and nodes[first - 1].lineno == code.co_firstlineno)


@lru_cache(maxsize=64)
def _recompiled(part: ast.stmt | ast.Module) -> tuple[tuple[CodeType, tuple[ast.expr | ast.stmt, ...]], ...]:
    """The code objects of a part of a file, each of whose lines is the index of a node, from 1."""
    nodes = tuple(each for each in ast.walk(part) if isinstance(each, ast.expr | ast.stmt))
    copied = copy.deepcopy(part)
    copies = (each for each in ast.walk(copied) if isinstance(each, ast.expr | ast.stmt))
    for index, each in enumerate(copies, start=1):
        each.lineno = each.end_lineno = index
        each.col_offset = each.end_col_offset = 0
    for other in ast.walk(copied):
        if isinstance(other, ast.arg | ast.keyword | ast.alias | ast.excepthandler):
            other.lineno = other.end_lineno = 1
            other.col_offset = other.end_col_offset = 0
    code = compile(
        copied if isinstance(copied, ast.Module) else ast.Module([copied], []), "", "exec", dont_inherit=True
    )
    return tuple((each, nodes) for each in _codes(code))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes(each)


@lru_cache(maxsize=64)
def _instructions(code: CodeType) -> tuple[tuple[dis.Instruction, int], ...]:
    """The instructions with their lines, without those that are there for the lines only."""
    found: list[tuple[dis.Instruction, int]] = []
    line = code.co_firstlineno
    for each in dis.get_instructions(code):
        line = each.starts_line or line
        if each.opname not in ("NOP", "EXTENDED_ARG"):
            found.append((each, line))
    return tuple(found)
