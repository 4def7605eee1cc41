"""Syntax nodes of instructions on Python 3.10, whose code knows lines only.

The statement is compiled again with each node on a line of its own. The instructions are the same, and their lines then
say which node each belongs to.
"""

from __future__ import annotations

import ast
import copy
import dis
from collections.abc import Iterator
from functools import cache
from types import CodeType

from portable_pipeline.capture.source_files import SourceFile
from portable_pipeline.dsl.places import Place


def node_of(place: Place, source: SourceFile) -> ast.expr | ast.stmt | None:
    """The node whose instruction was being executed; None where the code cannot be told from its like."""
    # The module's own code has instructions of all its statements.
    part = source.tree if place.code.co_name == "<module>" else source.statement_at(place.line)
    if part is None:
        return None
    executed = _instructions(place.code)
    names = [each.opname for each, _ in executed]
    index = next((index for index, (each, _) in enumerate(executed) if each.offset == place.offset), None)
    for code, nodes in _recompiled(part):
        if index is None or code.co_name != place.code.co_name:
            continue
        instructions = _instructions(code)
        if [each.opname for each, _ in instructions] != names:
            continue
        node = _called(nodes[instructions[index][1] - 1], nodes, names[index])
        # Functions that differ in their constants only have the same instructions: the line tells.
        if node.lineno <= place.line <= (node.end_lineno or node.lineno):
            return node
    return None


def _called(node: ast.expr | ast.stmt, nodes: tuple[ast.expr | ast.stmt, ...], name: str) -> ast.expr | ast.stmt:
    """A method's call has the line of the method's name: the call of that name."""
    if name == "CALL_METHOD" and isinstance(node, ast.Attribute):
        return next(each for each in nodes if isinstance(each, ast.Call) and each.func is node)
    return node


@cache
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


@cache
def _instructions(code: CodeType) -> tuple[tuple[dis.Instruction, int], ...]:
    """The instructions with their lines, without those that are there for the lines only."""
    found: list[tuple[dis.Instruction, int]] = []
    line = code.co_firstlineno
    for each in dis.get_instructions(code):
        line = each.starts_line or line
        if each.opname not in ("NOP", "EXTENDED_ARG"):
            found.append((each, line))
    return tuple(found)
