"""PPC101-103, PPC114: whether there is anything to run, and what things are called."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator

from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.graph import DuplicateName, EmptyPipeline, InvalidName
from portable_pipeline.diagnostics.catalog.types import NameCollision
from portable_pipeline.ir import Loop, Pipeline, Record, Stage

#: Number of characters; with what targets add it stays below the limits of each (KFP 128, Airflow 250).
MAX_NAME = 100

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def empty(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """A pipeline without stages."""
    if not pipeline.stages:
        yield EmptyPipeline(span=pipeline.span, pipeline=pipeline.name)


def invalid_names(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Names that are no identifiers, or too long."""
    yield from _invalid(pipeline.name, "pipeline", pipeline.span)
    for parameter in pipeline.parameters:
        yield from _invalid(parameter.name, "parameter", parameter.span)
    for stage in pipeline.stages:
        yield from _invalid(stage.id, "stage", stage.span)
        for given in stage.inputs:
            yield from _invalid(given.name, "stage's argument", given.span or stage.span)
        for output in stage.outputs:
            yield from _invalid(output.name, "output", output.span or stage.span)
        if isinstance(stage.result, Record):
            for field in stage.result.fields:
                yield from _invalid(field.name, "field of a result", stage.span)


def invalid_block_names(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Names of blocks and of the lists of loops that are no identifiers, too long, or given twice."""
    for block in pipeline.blocks:
        yield from _invalid(block.id, "block", block.span)
        if isinstance(block, Loop):
            for each in block.items:
                yield from _invalid(each.name, "list of a loop", block.span)
            yield from _twice(((each.name, block.span) for each in block.items), f"loop `{block.id}`", "lists")


def duplicates(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Names that are given twice where each has to be unique."""
    here = f"pipeline `{pipeline.name}`"
    yield from _twice(((each.name, each.span) for each in pipeline.parameters), here, "parameters")
    yield from _twice(((each.id, each.span) for each in pipeline.stages), here, "stages")
    for stage in pipeline.stages:
        arguments = [(each.name, each.span or stage.span) for each in (*stage.inputs, *stage.outputs)]
        yield from _twice(arguments, f"stage `{stage.id}`", "arguments")
        if isinstance(stage.result, Record):
            fields = ((field.name, stage.span) for field in stage.result.fields)
            yield from _twice(fields, f"the result of stage `{stage.id}`", "fields")


def collisions(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Outputs, fields and the result of one stage that go by one name."""
    for stage in pipeline.stages:
        yield from _collisions(stage)


def _collisions(stage: Stage) -> Iterator[Diagnostic]:
    # Also where a stage returns nothing: `handle.result` never means a file.
    taken = {"result": "the value that it returns"}
    if isinstance(stage.result, Record):
        for field in stage.result.fields:
            if field.name in taken:
                yield _collision(stage, field.name, taken, "a field of its result", stage.span)
            taken.setdefault(field.name, "a field of its result")
    for output in stage.outputs:
        if output.name in taken:
            yield _collision(stage, output.name, taken, "an output", output.span or stage.span)


def _collision(stage: Stage, name: str, taken: dict[str, str], other: str, span: Span | None) -> NameCollision:
    return NameCollision(span=span, stage=stage.id, name=name, one=taken[name], other=other)


def _invalid(name: str, what: str, span: Span | None) -> Iterator[InvalidName]:
    reason = _reason(name)
    if reason is None:
        return
    better = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")[:MAX_NAME] or "renamed"
    better = f"_{better}" if better[0].isdigit() else f"{better}_" if keyword.iskeyword(better) else better
    suggestion = f"call it `{better}`" if better != name and _reason(better) is None else "choose another name"
    yield InvalidName(span=span, name=name, what=what, reason=reason, suggestion=suggestion)


def _reason(name: str) -> str | None:
    if len(name) > MAX_NAME:
        return f"it has {len(name)} characters, at most {MAX_NAME} fit every target"
    if not _IDENTIFIER.fullmatch(name):
        return "it is no ASCII identifier" if name else "it is empty"
    return "it is a keyword of Python" if keyword.iskeyword(name) else None


def _twice(names: Iterable[tuple[str, Span | None]], where: str, what: str) -> Iterator[DuplicateName]:
    seen: set[str] = set()
    told: set[str] = set()
    for name, span in names:
        if name in seen and name not in told:
            told.add(name)
            yield DuplicateName(span=span, where=where, what=what, name=name)
        seen.add(name)
