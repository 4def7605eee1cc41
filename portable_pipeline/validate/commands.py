"""PPC132-134: commands and their placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.code import BadCommand, BadPlaceholder, UnwrittenOutput
from portable_pipeline.diagnostics.suggest import did_you_mean
from portable_pipeline.ir import ArtifactInput, CommandBody, Pipeline, Stage

# The same grammar as at run time, in `runtime/commands.py`.
_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<name>[^\W\d]\w*)(?:\.(?P<part>path|uri))?\}|(?P<stray>\{[^{}]*\}|[{}])")


def bad_commands(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Commands that cannot be executed, placeholders that stand for nothing, outputs that nothing can write."""
    for stage in pipeline.stages:
        if isinstance(stage.body, CommandBody):
            yield from _check(stage, stage.body)


def _check(stage: Stage, body: CommandBody) -> Iterator[Diagnostic]:
    words = (body.command,) if isinstance(body.command, str) else body.command
    if not words or not words[0].strip():
        suggestion = "start with the program to run"
        yield BadCommand(span=stage.span, stage=stage.id, reason="it names no program", suggestion=suggestion)
        return
    if any("\0" in word for word in words):
        reason = "it holds a NUL character, which no argument can hold"
        yield BadCommand(span=stage.span, stage=stage.id, reason=reason, suggestion="take the character away")
    is_artifact = {each.name: isinstance(each, ArtifactInput) for each in stage.inputs}
    is_artifact.update((output.name, True) for output in stage.outputs)
    told: set[str] = set()
    named: set[str] = set()
    for word in words:
        for token in _TOKEN.finditer(word):
            named.add(token["name"] or "")
            if token[0] not in told:
                told.add(token[0])
                yield from _placeholder(stage, token, is_artifact)
    for output in stage.outputs:
        if output.name not in named:
            yield UnwrittenOutput(span=output.span or stage.span, stage=stage.id, output=output.name)


def _placeholder(stage: Stage, token: re.Match[str], is_artifact: Mapping[str, bool]) -> Iterator[Diagnostic]:
    text, name, part = token[0], token["name"], token["part"]
    if token["stray"]:
        suggestion = "write a brace of the program's own twice: `{{` and `}}`"
        reason = f"the brace in `{text}` starts or ends no placeholder"
        yield BadCommand(span=stage.span, stage=stage.id, reason=reason, suggestion=suggestion)
    elif not name:
        return
    elif name not in is_artifact:
        reason, suggestion = "names neither an input nor an output", did_you_mean(name, is_artifact)
        yield BadPlaceholder(span=stage.span, stage=stage.id, placeholder=text, reason=reason, suggestion=suggestion)
    elif is_artifact[name] and not part:
        reason, suggestion = "is an artifact", f"write `{{{name}.path}}` or `{{{name}.uri}}`"
        yield BadPlaceholder(span=stage.span, stage=stage.id, placeholder=text, reason=reason, suggestion=suggestion)
    elif part and not is_artifact[name]:
        reason, suggestion = "is a value, no artifact", f"write `{{{name}}}`"
        yield BadPlaceholder(span=stage.span, stage=stage.id, placeholder=text, reason=reason, suggestion=suggestion)
