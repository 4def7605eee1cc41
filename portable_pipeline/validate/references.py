"""PPC105-109: references to what is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.graph import (
    NoResult,
    UnknownField,
    UnknownOutput,
    UnknownParameterName,
    UnknownStage,
)
from portable_pipeline.diagnostics.suggest import did_you_mean
from portable_pipeline.ir import ArtifactRef, ItemRef, ParameterRef, Pipeline, Record, ResultRef, Stage
from portable_pipeline.ir.value_types import value_types
from portable_pipeline.validate.type_names import type_name
from portable_pipeline.validate.uses import Use, made_by_stages, uses


def unknown_references(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """References of inputs, of what decides about blocks, and of `after`, to what is not there."""
    stages = {stage.id: stage for stage in pipeline.stages}
    types = value_types(pipeline)
    for use in uses(pipeline):
        for made in made_by_stages(use.value):
            yield from _dangling(made, use, stages)
        if isinstance(use.value, ItemRef) and types.of(use.value) is None:
            yield UnknownStage(span=use.span, stage=use.by, name=f"{use.value.loop}.{use.value.name}", suggestion=_LOOP)
    for stage in pipeline.stages:
        for needed in dict.fromkeys(stage.after):
            if needed not in stages:
                yield _unknown_stage(needed, stage.id, stage.span, stages)


def unknown_parameters(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """References of inputs, of what decides about blocks, and of addresses, to parameters that are not there."""
    known = {parameter.name for parameter in pipeline.parameters}
    found = [(use.value, use.by, use.span) for use in uses(pipeline)]
    parts = (
        (part, stage.id, output.span or stage.span)
        for stage in pipeline.stages
        for output in stage.outputs
        for part in output.uri.parts
    )
    for part, by, span in (*found, *parts):
        if isinstance(part, ParameterRef) and part.name not in known:
            yield UnknownParameterName(
                span=span,
                stage=by,
                pipeline=pipeline.name,
                name=part.name,
                suggestion=did_you_mean(part.name, known),
            )


_LOOP = "a loop gives its items to the stages in it"


def _dangling(value: ResultRef | ArtifactRef, use: Use, stages: Mapping[str, Stage]) -> Iterator[Diagnostic]:
    producer, span, by = stages.get(value.stage), use.span, use.by
    if producer is None:
        yield _unknown_stage(value.stage, by, span, stages)
    elif isinstance(value, ArtifactRef):
        outputs = [output.name for output in producer.outputs]
        if value.output not in outputs:
            suggestion = did_you_mean(value.output, outputs)
            yield UnknownOutput(span=span, stage=by, producer=producer.id, name=value.output, suggestion=suggestion)
    elif producer.result is None:
        yield NoResult(span=span, stage=by, producer=producer.id)
    elif value.field is not None:
        fields = [field.name for field in producer.result.fields] if isinstance(producer.result, Record) else []
        if value.field not in fields:
            yield UnknownField(
                span=span,
                stage=by,
                producer=producer.id,
                name=value.field,
                result=type_name(producer.result),
                suggestion=did_you_mean(value.field, fields) if fields else "return a NamedTuple or a dataclass",
            )


def _unknown_stage(name: str, by: str, span: Span | None, stages: Mapping[str, Stage]) -> UnknownStage:
    return UnknownStage(span=span, stage=by, name=name, suggestion=did_you_mean(name, stages))
