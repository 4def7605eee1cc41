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
from portable_pipeline.ir import ArtifactRef, ParameterRef, Pipeline, Record, ResultRef, Stage, Value
from portable_pipeline.validate.type_names import type_name


def unknown_references(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """References of inputs and of `after` to stages, outputs, fields and results that are not there."""
    stages = {stage.id: stage for stage in pipeline.stages}
    for stage in pipeline.stages:
        for given in stage.inputs:
            yield from _dangling(given.value, stage, given.span or stage.span, stages)
        for needed in dict.fromkeys(stage.after):
            if needed not in stages:
                yield _unknown_stage(needed, stage, stage.span, stages)


def unknown_parameters(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """References of inputs and of addresses to parameters that are not there."""
    known = {parameter.name for parameter in pipeline.parameters}
    for stage in pipeline.stages:
        values = [(given.value, given.span) for given in stage.inputs]
        parts = [(part, output.span) for output in stage.outputs for part in output.uri.parts]
        for part, span in (*values, *parts):
            if isinstance(part, ParameterRef) and part.name not in known:
                yield UnknownParameterName(
                    span=span or stage.span,
                    stage=stage.id,
                    pipeline=pipeline.name,
                    name=part.name,
                    suggestion=did_you_mean(part.name, known),
                )


def _dangling(value: Value, stage: Stage, span: Span | None, stages: Mapping[str, Stage]) -> Iterator[Diagnostic]:
    if not isinstance(value, ResultRef | ArtifactRef):
        return
    producer = stages.get(value.stage)
    if producer is None:
        yield _unknown_stage(value.stage, stage, span, stages)
    elif isinstance(value, ArtifactRef):
        outputs = [output.name for output in producer.outputs]
        if value.output not in outputs:
            suggestion = did_you_mean(value.output, outputs)
            yield UnknownOutput(
                span=span, stage=stage.id, producer=producer.id, name=value.output, suggestion=suggestion
            )
    elif producer.result is None:
        yield NoResult(span=span, stage=stage.id, producer=producer.id)
    elif value.field is not None:
        fields = [field.name for field in producer.result.fields] if isinstance(producer.result, Record) else []
        if value.field not in fields:
            yield UnknownField(
                span=span,
                stage=stage.id,
                producer=producer.id,
                name=value.field,
                result=type_name(producer.result),
                suggestion=did_you_mean(value.field, fields) if fields else "return a NamedTuple or a dataclass",
            )


def _unknown_stage(name: str, stage: Stage, span: Span | None, stages: Mapping[str, Stage]) -> UnknownStage:
    return UnknownStage(span=span, stage=stage.id, name=name, suggestion=did_you_mean(name, stages))
