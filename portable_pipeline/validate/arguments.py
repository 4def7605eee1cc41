"""PPC110-113, PPC204: what an argument is given against what it declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.artifacts import WrongArtifactKind
from portable_pipeline.diagnostics.catalog.types import (
    ArtifactForValue,
    IllTypedConstant,
    TypeMismatch,
    ValueForArtifact,
)
from portable_pipeline.ir import (
    ArtifactInput,
    ArtifactRef,
    Collected,
    Constant,
    FirstOf,
    ItemRef,
    OptionalOf,
    ParameterRef,
    Pipeline,
    PythonBody,
    Record,
    ResultRef,
    RunDate,
    RunTime,
    Stage,
    Type,
    Value,
    ValueInput,
)
from portable_pipeline.ir.value_types import artifacts_of, value_types
from portable_pipeline.validate.assignable import assignable
from portable_pipeline.validate.json_values import mismatch, non_finite, shown
from portable_pipeline.validate.type_names import type_name

_Stages = Mapping[str, Stage]


def ill_typed_arguments(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Arguments that are given another type, a value for an artifact, or an artifact of another kind."""
    stages, types = {stage.id: stage for stage in pipeline.stages}, value_types(pipeline)
    for stage in pipeline.stages:
        for given in stage.inputs:
            span = given.span or stage.span
            if isinstance(given, ArtifactInput):
                yield from _artifact(given, stage, span, stages)
            elif artifacts := artifacts_of(given.value):
                yield ArtifactForValue(
                    span=span,
                    stage=stage.id,
                    argument=given.name,
                    expected=type_name(given.type),
                    given=written(given.value),
                    producer=artifacts[0].stage,
                )
            elif isinstance(given.value, Constant):
                yield from _constant(given, given.value, stage, span)
            else:
                yield from _value(given, stage, span, types.of(given.value))


def written(value: Value) -> str:
    """A value as the pipeline function would write it: `evaluate.auc`, `run.date`, `table`."""
    match value:
        case ResultRef():
            return f"`{value.stage}.{value.field or 'result'}`"
        case ArtifactRef():
            return f"`{value.stage}.{value.output}`"
        case ParameterRef():
            return f"the parameter `{value.name}`"
        case RunDate():
            return "`run.date`"
        case RunTime():
            return "`run.time`"
        case Constant():
            return f"the constant {shown(value.value)}"
        case ItemRef():
            return f"`{value.name}.{value.field}`" if value.field else f"`{value.name}` of the loop"
        case Collected():
            return f"`collect({written(value.of).strip('`')})`"
        case FirstOf():
            return f"`first_of({', '.join(written(each).strip('`') for each in value.options)})`"


def _artifact(given: ArtifactInput, stage: Stage, span: Span | None, stages: _Stages) -> Iterator[Diagnostic]:
    artifacts = artifacts_of(given.value)
    if not artifacts or (isinstance(given.value, FirstOf) and len(artifacts) < len(given.value.options)):
        yield ValueForArtifact(span=span, stage=stage.id, argument=given.name, given=written(given.value))
        return
    for value in artifacts:
        outputs = stages[value.stage].outputs if value.stage in stages else ()
        actual = next((output.artifact for output in outputs if output.name == value.output), None)
        if actual is not None and actual != given.artifact and "Artifact" not in (actual, given.artifact):
            yield WrongArtifactKind(
                span=span,
                stage=stage.id,
                argument=given.name,
                expected=given.artifact,
                given=f"{value.stage}.{value.output}",
                actual=actual,
            )


def _constant(given: ValueInput, constant: Constant, stage: Stage, span: Span | None) -> Iterator[Diagnostic]:
    # A NaN is no matter of types, and has a code of its own.
    wrong = None if non_finite(constant.value) is not None else mismatch(constant.value, given.type)
    if wrong is not None:
        yield IllTypedConstant(span=span, stage=stage.id, argument=given.name, place=wrong.place, reason=wrong.reason)


def _value(given: ValueInput, stage: Stage, span: Span | None, actual: Type | None) -> Iterator[Diagnostic]:
    if actual is None or assignable(actual, given.type):
        return
    yield TypeMismatch(
        span=span,
        stage=stage.id,
        argument=given.name,
        expected=type_name(given.type),
        given=written(given.value),
        actual=type_name(actual),
        suggestion=_suggestion(given, stage, actual),
    )


def _suggestion(given: ValueInput, stage: Stage, actual: Type) -> str:
    if isinstance(actual, OptionalOf) and assignable(actual.item, given.type):
        return f"declare `{given.name}: {type_name(actual)}` in {_definition(stage)}, which has to cope with None"
    if isinstance(actual, Record):
        fits = [field.name for field in actual.fields if assignable(field.type, given.type)]
        if len(fits) == 1 and isinstance(given.value, ResultRef):
            return f"did you mean `.{fits[0]}`?"
    return f"declare `{given.name}: {type_name(actual)}` in {_definition(stage)}, or hand over another value"


def _definition(stage: Stage) -> str:
    """Where the stage's arguments are declared: a function may be the body of many stages."""
    return f"`{stage.body.function}`" if isinstance(stage.body, PythonBody) else "the command's inputs"
