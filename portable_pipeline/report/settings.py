"""What a pipeline and its stages were told to do, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from portable_pipeline.graph.edges import duration
from portable_pipeline.graph.words import loop_words, predicate_words, value_words
from portable_pipeline.ir import Branch, CommandBody, ExtractedModule, Loop, Pipeline, PythonBody, Retry, Stage
from portable_pipeline.ir.control import blocks_around
from portable_pipeline.validate.type_names import type_name


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of what is known.

    Args:
        code: Whether it is to be read as code.
    """

    name: str
    text: str
    code: bool = False


def pipeline_facts(pipeline: Pipeline) -> Iterator[Fact]:
    """Of a pipeline."""
    if pipeline.schedule is not None:
        yield Fact("schedule", f"{pipeline.schedule.expression}  ({pipeline.schedule.timezone})", code=True)
    if pipeline.timeout is not None:
        yield Fact("timeout of a run", _seconds(pipeline.timeout))
    for name, hook in (("on exit", pipeline.on_exit), ("on failure", pipeline.on_failure)):
        if hook is not None:
            yield Fact(name, hook.body.function, code=True)
    if pipeline.owner:
        yield Fact("owner", pipeline.owner)
    if pipeline.tags:
        yield Fact("tags", ", ".join(pipeline.tags))
    if pipeline.packages:
        yield Fact("packages", ", ".join(pipeline.packages), code=True)
    yield Fact("file", pipeline.source, code=True)


def stage_facts(pipeline: Pipeline, stage: Stage) -> Iterator[Fact]:
    """Of a stage: what it runs, what flows, and under which policies."""
    yield from _body(stage)
    for block in blocks_around(pipeline, stage.block):
        if isinstance(block, Loop):
            yield Fact("runs", loop_words(block))
        elif isinstance(block, Branch):
            words = predicate_words(block.predicate)
            yield Fact("runs", f"unless {words}" if block.otherwise_of is not None else f"when {words}")
    yield from (Fact("takes", f"{each.name} ← {value_words(each.value)}", code=True) for each in stage.inputs)
    yield from (Fact("writes", f"{each.name} → {each.uri.template}", code=True) for each in stage.outputs)
    if stage.result is not None:
        yield Fact("returns", type_name(stage.result), code=True)
    said = {
        "after": ", ".join(stage.after),
        "retries": _retries(stage.retry) if stage.retry.retries else "",
        "timeout": "" if stage.timeout is None else _seconds(stage.timeout),
        "cache": "taken over from an earlier local run where nothing has changed" if stage.cache else "",
        "if it fails": "" if stage.fallback is None else f"{stage.fallback} stands in",
        "stands in for": stage.stands_in_for,
        "on failure": None if stage.on_failure is None else stage.on_failure.body.function,
        "owner": stage.owner,
        "tags": ", ".join(stage.tags),
    }
    yield from (Fact(name, text) for name, text in said.items() if text)


def _body(stage: Stage) -> Iterator[Fact]:
    if isinstance(stage.body, CommandBody):
        command = stage.body.command
        yield Fact("command", command if isinstance(command, str) else " ".join(command), code=True)
        if stage.body.image is not None:
            yield Fact("image", stage.body.image, code=True)


def source_of(pipeline: Pipeline, stage: Stage) -> str:
    """The text of the function that the stage calls; empty where the pipeline does not hold it."""
    body = stage.body
    if not isinstance(body, PythonBody):
        return ""
    for module in pipeline.modules:
        if isinstance(module, ExtractedModule) and module.name == body.module:
            return "".join(each.text for each in module.statements if body.function in each.defines)
    return ""


def _retries(retry: Retry) -> str:
    parts = [f"{retry.retries}, after {_seconds(retry.delay)}"]
    if retry.backoff != 1.0:
        parts.append(f"each wait {retry.backoff:g} times the one before")
    if retry.max_delay is not None:
        parts.append(f"at most {_seconds(retry.max_delay)}")
    if retry.jitter:
        parts.append(f"up to {retry.jitter:.0%} more at random")
    return ", ".join(parts)


def _seconds(length: timedelta) -> str:
    return duration(length.total_seconds())
