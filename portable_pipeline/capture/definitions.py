"""Where a stage or pipeline is defined: spans of its name, parameters, result and settings."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portable_pipeline.capture.project import Project
from portable_pipeline.capture.source_files import SourceFile
from portable_pipeline.capture.spans import CallSpans, Spans
from portable_pipeline.diagnostics import Span
from portable_pipeline.dsl.places import Place


@dataclass(frozen=True, slots=True)
class Definition:
    """A function that is a stage or a pipeline, or a command, as it stands in the source.

    Args:
        title: What to call it in a message: "stage `ingest`".
        name_span: Its name, or what stands for it.
        spans: Of places.
        place: Of the call of `stage`, `pipeline` or `command`.
        parameters: Its parameters by name.
        result: What it says of its result.
    """

    title: str
    name_span: Span | None
    spans: Spans
    place: Place
    parameters: dict[str, Span] = field(default_factory=dict)
    result: Span | None = None

    @property
    def settings(self) -> CallSpans:
        """The call of `stage`, `pipeline` or `command`. Only diagnostics ask for it."""
        return self.spans.call(self.place)

    def parameter(self, name: str) -> Span | None:
        """Where that parameter stands, else the name."""
        return self.parameters.get(name, self.name_span)


def definition_of(
    title: str, function: Callable[..., Any] | None, place: Place, project: Project, spans: Spans
) -> Definition:
    """Where it is defined. `place` is where it was made a stage, pipeline or command."""
    code = getattr(inspect.unwrap(function), "__code__", None) if function is not None else None
    source = project.file(code.co_filename) if code is not None else None
    node = function_at(source, code.co_firstlineno, code.co_name) if source is not None and code is not None else None
    if source is None or node is None:
        return Definition(title, spans.of(place), spans, place)
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    name = _name_span(source, node)
    result = source.span(node.returns) if node.returns is not None else name
    return Definition(title, name, spans, place, {each.arg: source.span(each) for each in every}, result)


def function_at(source: SourceFile, line: int, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function whose definition, decorators included, starts at this line."""
    statement = source.statement_at(line)
    for node in ast.walk(statement) if statement is not None else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            decorators = node.decorator_list
            if line == (decorators[0].lineno if decorators else node.lineno):
                return node
    return None


def _name_span(source: SourceFile, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Span:
    keyword = "async def " if isinstance(node, ast.AsyncFunctionDef) else "def "
    start = node.col_offset + len(keyword)
    return source.span_of(node.lineno, start, node.lineno, start + len(node.name.encode()))
