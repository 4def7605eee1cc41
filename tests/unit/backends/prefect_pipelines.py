"""Small pipelines for the tests of the Prefect backend."""

from __future__ import annotations

from typing import Any

from portable_pipeline.ir import (
    ArtifactInput,
    ArtifactRef,
    Input,
    Output,
    Parameter,
    ParameterRef,
    Pipeline,
    PythonBody,
    ResultRef,
    RunDate,
    RunTime,
    Stage,
    Text,
    Type,
    Uri,
    Value,
    ValueInput,
)
from portable_pipeline.ir.types import DATE, DATETIME, INT, STR


def stage(id: str, *inputs: Input, **rest: Any) -> Stage:
    """A stage that calls the function of its name."""
    return Stage(id=id, body=PythonBody(module="steps", function=id), inputs=inputs, **rest)


def takes(name: str, value: Value, type: Type = INT) -> ValueInput:
    return ValueInput(name=name, type=type, value=value)


def takes_artifact(name: str, stage: str, output: str) -> ArtifactInput:
    return ArtifactInput(name=name, artifact="Dataset", value=ArtifactRef(stage=stage, output=output))


def parameter(name: str, type: Type = STR, **rest: Any) -> Parameter:
    return Parameter(name=name, type=type, **{"required": "default" not in rest, **rest})


def pipeline(*stages: Stage, parameters: tuple[Parameter, ...] = (), **rest: Any) -> Pipeline:
    return Pipeline(**{"name": "churn", "source": "churn.py", "stages": stages, "parameters": parameters, **rest})


RAW_URI = Uri(parts=(ParameterRef(name="root"), Text(text="/{x}'\"/"), RunDate(), Text(text="/raw.csv")))
INGEST = stage(
    "ingest",
    takes("day", RunDate(), DATE),
    takes("table", ParameterRef(name="table"), STR),
    outputs=(Output(name="raw", artifact="Dataset", uri=RAW_URI),),
    result=INT,
)
TRAIN = stage(
    "train",
    takes("rows", ResultRef(stage="ingest")),
    takes("auc", ResultRef(stage="ingest", field="auc")),
    takes_artifact("raw", "ingest", "raw"),
)
STAMP = stage("stamp", takes("instant", RunTime(), DATETIME), after=("train",))
CHURN = pipeline(INGEST, TRAIN, STAMP, parameters=(parameter("root"), parameter("table", default="events")))
