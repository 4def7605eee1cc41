"""Small pipelines, made by hand: what a test is about stands in the test."""

from datetime import timedelta
from string import Formatter
from typing import Any

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.ir import (
    ArtifactInput,
    ArtifactRef,
    CommandBody,
    Cron,
    Output,
    Parameter,
    ParameterRef,
    Pipeline,
    PythonBody,
    RunDate,
    Stage,
    Text,
    Type,
    Uri,
    UriPart,
    Value,
    ValueInput,
)
from portable_pipeline.ir.types import STR
from portable_pipeline.validate import validate

NIGHTLY = Cron(expression="0 2 * * *")


def a_pipeline(*stages: Stage, **settings: Any) -> Pipeline:
    return Pipeline(**{"name": "nightly", "source": "nightly.py", "stages": stages} | settings)


def a_stage(name: str = "work", **settings: Any) -> Stage:
    body = PythonBody(module="acme.work", function=name, installed=True)
    return Stage(**{"id": name, "body": body, "timeout": timedelta(minutes=5)} | settings)


def a_command(command: str | tuple[str, ...], **settings: Any) -> Stage:
    return a_stage("tool", body=CommandBody(command=command), **settings)


def a_parameter(name: str, type: Type = STR, **settings: Any) -> Parameter:
    return Parameter(**{"name": name, "type": type, "required": "default" not in settings} | settings)


def takes(name: str, type: Type, value: Value) -> ValueInput:
    return ValueInput(name=name, type=type, value=value)


def reads(name: str, producer: str, output: str, kind: str = "Dataset") -> ArtifactInput:
    return ArtifactInput(name=name, artifact=kind, value=ArtifactRef(stage=producer, output=output))


def uri(template: str) -> Uri:
    parts: list[UriPart] = []
    for text, name, _, _ in Formatter().parse(template):
        parts += [Text(text=text)] if text else []
        if name is not None:
            parts.append(RunDate() if name == "run_date" else ParameterRef(name=name))
    return Uri(parts=tuple(parts))


def writes(template: str, name: str = "out", kind: str = "Dataset") -> Output:
    return Output(name=name, artifact=kind, uri=uri(template))


def found(pipeline: Pipeline, code: str) -> list[Diagnostic]:
    return [each for each in validate(pipeline) if each.code == code]


def codes(pipeline: Pipeline) -> list[str]:
    return sorted({each.code for each in validate(pipeline)})
