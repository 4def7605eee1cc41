"""The text of a unit without our language in it: decorators taken off, artifacts as `Artifact`, comments kept.

The source is edited where the syntax tree says that something of ours stands; all else stays as its author wrote it, to
the last byte. Going through a concrete syntax tree of the whole file gives the same text and takes ten times as long.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import get_origin

from portable_pipeline.capture.extraction.imports import is_language
from portable_pipeline.capture.extraction.language_objects import our_name
from portable_pipeline.capture.extraction.module_code import ModuleCode, Unit
from portable_pipeline.dsl.artifacts import Input, Output

#: Names of ours that are there at run time.
RUNTIME_NAMES = frozenset({"Abort", "Artifact", "FailureEvent", "RunEvent"})

#: Comments that are about the file: how to run it, how to decode it.
_HEADER = re.compile(r"#!|#.*?coding[:=]")
_ARTIFACTS = frozenset({"Input", "Output", "Artifact", "Dataset", "Model", "Metrics", "Directory"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of source and what takes its place; lines from 1, offsets in bytes."""

    line: int
    offset: int
    end_line: int
    end_offset: int
    text: str


@dataclass(slots=True)
class Rewriting:
    """What has to change in a unit.

    Args:
        edits: The changes, apart from each other.
        removed: Parts of the syntax tree that do not travel.
        runtime_names: Names of ours that take their place.
    """

    edits: list[Edit] = field(default_factory=list)
    removed: set[ast.AST] = field(default_factory=set)
    runtime_names: set[str] = field(default_factory=set)


def rewriting_of(unit: Unit, module: ModuleCode) -> Rewriting:
    """What of ours is in the unit."""
    found = Rewriting()
    if not module.language_names:
        return found
    for node in unit.walked:
        if isinstance(node, _Function):
            _rewrite_function(node, module, found)
        elif isinstance(node, ast.If):
            _drop_imports(node.body, module, found)
        elif isinstance(node, ast.Import | ast.ImportFrom) and node not in found.removed and is_language(node):
            _rewrite_import(node, found)
        elif isinstance(node, ast.AnnAssign):
            _rewrite_annotation(node.annotation, module, found)
    if module.language_modules:
        for statement in unit.nodes:
            _rewrite_attributes(statement, module, found)
    return found


def text_of(unit: Unit, module: ModuleCode, rewriting: Rewriting) -> tuple[int, str]:
    """The first line of the unit, comments above it included, and its text, ending in a newline."""
    lines = module.source.lines
    first, last = unit.first, unit.last
    while first > 1 and lines[first - 2].startswith("#") and not _HEADER.match(lines[first - 2]):
        first -= 1
    last += _comments_below(lines, last)
    encoded = [f"{line}\n".encode() for line in lines[first - 1 : last]]
    for edit in sorted(rewriting.edits, key=lambda each: (each.line, each.offset), reverse=True):
        start, end = edit.line - first, edit.end_line - first
        head, tail = encoded[start][: edit.offset], encoded[end][edit.end_offset :]
        encoded[start : end + 1] = [head + edit.text.encode() + tail]
    return first, b"".join(encoded).decode()


def _comments_below(lines: list[str], last: int) -> int:
    """How many lines after the last one are comments that end its block: the syntax tree does not see them."""
    count = 0
    for number, line in enumerate(lines[last:], start=1):
        if line.strip() and not (line[0].isspace() and line.lstrip().startswith("#")):
            break
        count = number if line.strip() else count
    return count


def _rewrite_function(node: _Function, module: ModuleCode, found: Rewriting) -> None:
    for decorator in node.decorator_list:
        if is_our_decorator(decorator, module):
            end = decorator.end_lineno or decorator.lineno
            found.edits.append(Edit(decorator.lineno, 0, end, len(module.source.lines[end - 1].encode()) + 1, ""))
            found.removed.add(decorator)
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    optional_before, is_marked = False, bool(arguments.vararg or arguments.kwonlyargs)
    for argument, default in zip(positional, defaults, strict=True):
        artifact = _is_artifact(argument.annotation, module)
        if artifact and argument.annotation is not None:
            # A parameter without default may not follow one with: engines pass all by name, so a `*` does no harm.
            needs_star = optional_before and argument in arguments.args
            replaced = "Artifact = None" if needs_star and is_marked else "Artifact"
            _replace_argument(argument, argument.annotation, default, replaced, found)
            if needs_star and not is_marked:
                found.edits.append(
                    Edit(argument.lineno, argument.col_offset, argument.lineno, argument.col_offset, "*, ")
                )
                is_marked = True
                optional_before = False
            continue
        if argument.annotation is not None:
            _rewrite_annotation(argument.annotation, module, found)
        optional_before |= default is not None
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if _is_artifact(argument.annotation, module) and argument.annotation is not None:
            _replace_argument(argument, argument.annotation, default, "Artifact", found)
        elif argument.annotation is not None:
            _rewrite_annotation(argument.annotation, module, found)
    for annotation in (*(each.annotation for each in (arguments.vararg, arguments.kwarg) if each), node.returns):
        if annotation is not None:
            _rewrite_annotation(annotation, module, found)


def _replace_argument(
    argument: ast.arg, annotation: ast.expr, default: ast.expr | None, text: str, found: Rewriting
) -> None:
    last = default or annotation
    found.edits.append(_edit(annotation, last, text))
    found.removed.update(each for each in (annotation, default) if each is not None)
    found.runtime_names.add("Artifact")


def _rewrite_annotation(annotation: ast.expr, module: ModuleCode, found: Rewriting) -> None:
    """Artifacts in an annotation of a helper, and our metadata in `Annotated`."""
    if _is_artifact(annotation, module):
        found.edits.append(_edit(annotation, annotation, "Artifact"))
        found.removed.add(annotation)
        found.runtime_names.add("Artifact")
        return
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
        bare, *extras = annotation.slice.elts
        if _last_name(annotation.value) == "Annotated" and any(_language_name(each, module) for each in extras):
            text = ast.get_source_segment(module.source.text, bare) or ast.unparse(bare)
            found.edits.append(_edit(annotation, annotation, text))
            found.removed.update((*extras, annotation.value))
            return
    for child in ast.iter_child_nodes(annotation):
        if isinstance(child, ast.expr):
            _rewrite_annotation(child, module, found)


def _drop_imports(block: list[ast.stmt], module: ModuleCode, found: Rewriting) -> None:
    """Imports of us beside other statements, for type checkers mostly: the others can do without them."""
    ours = [each for each in block if isinstance(each, ast.Import | ast.ImportFrom) and is_language(each)]
    for node in ours if len(ours) < len(block) else ():
        last = node.end_lineno or node.lineno
        if module.source.lines[node.lineno - 1][: node.col_offset].isspace():
            found.edits.append(Edit(node.lineno, 0, last, len(module.source.lines[last - 1].encode()) + 1, ""))
            found.removed.add(node)


def _rewrite_import(node: ast.Import | ast.ImportFrom, found: Rewriting) -> None:
    """An import of us inside a function or a block: what is there at run time comes from the runtime."""
    names = [each for each in node.names if isinstance(node, ast.ImportFrom) and each.name in RUNTIME_NAMES]
    if names and len(names) == len(node.names):
        written = ", ".join(f"{each.name} as {each.asname}" if each.asname else each.name for each in names)
        found.edits.append(_edit(node, node, f"from stage_runtime import {written}"))
        found.runtime_names.update(each.name for each in names)
    else:
        found.edits.append(_edit(node, node, "pass"))
    found.removed.add(node)


def _rewrite_attributes(node: ast.AST, module: ModuleCode, found: Rewriting) -> None:
    """`pp.Abort` is `Abort` at run time."""
    if node in found.removed:
        return
    name = _language_name(node, module) if isinstance(node, ast.Attribute) else None
    if name in RUNTIME_NAMES and isinstance(node, ast.Attribute):
        found.edits.append(_edit(node, node, node.attr))
        found.removed.add(node)
        found.runtime_names.add(node.attr)
        return
    for child in ast.iter_child_nodes(node):
        _rewrite_attributes(child, module, found)


def is_our_decorator(decorator: ast.expr, module: ModuleCode) -> bool:
    """Whether it makes a stage or pipeline: `@stage`, `@pp.stage(...)`, or a name for one with settings."""
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    if _language_name(function, module) in ("stage", "pipeline"):
        return True
    value = module.namespace.get(function.id) if isinstance(function, ast.Name) else None
    return our_name(value) in ("stage", "pipeline")


def _is_artifact(annotation: ast.expr | None, module: ModuleCode) -> bool:
    """Whether the annotation declares an artifact: directly, as a string, in `Annotated`, or under its own name."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            return _is_artifact(ast.parse(annotation.value, mode="eval").body, module)
        except SyntaxError:
            return False
    if isinstance(annotation, ast.Subscript):
        if _last_name(annotation.value) == "Annotated" and isinstance(annotation.slice, ast.Tuple):
            return _is_artifact(annotation.slice.elts[0], module)
        return _language_name(annotation.value, module) in ("Input", "Output")
    if isinstance(annotation, ast.Name) and annotation.id in module.namespace:
        value = module.namespace[annotation.id]
        if (get_origin(value) or value) in (Input, Output):
            return True
    return annotation is not None and _language_name(annotation, module) in _ARTIFACTS


def _language_name(node: ast.expr, module: ModuleCode) -> str | None:
    """The name of ours that an expression is; also of the call of one."""
    if isinstance(node, ast.Call):
        return _language_name(node.func, module)
    if isinstance(node, ast.Name):
        return module.language_names.get(node.id)
    if (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in module.language_modules
    ):
        return node.attr
    return None


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _edit(first: ast.expr | ast.stmt, last: ast.expr | ast.stmt, text: str) -> Edit:
    return Edit(first.lineno, first.col_offset, last.end_lineno or last.lineno, last.end_col_offset or 0, text)


def remaining(nodes: Sequence[ast.AST], removed: set[ast.AST]) -> Iterator[ast.AST]:
    """All nodes in these that travel."""
    waiting: list[ast.AST] = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        if node in removed:
            continue
        yield node
        waiting.extend(reversed(list(ast.iter_child_nodes(node))))
