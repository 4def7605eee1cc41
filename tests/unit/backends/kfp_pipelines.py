"""Small pipelines for the tests of the KFP backend."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portable_pipeline.ir import (
    ArtifactInput,
    ArtifactRef,
    Constant,
    Cron,
    ExtractedModule,
    Input,
    Output,
    Parameter,
    ParameterRef,
    Pipeline,
    PythonBody,
    Record,
    RecordField,
    ResultRef,
    Retry,
    RunDate,
    Stage,
    Statement,
    Text,
    Type,
    Uri,
    Value,
    ValueInput,
)
from portable_pipeline.ir.types import DATE, FLOAT, INT, STR

SCORE = Record(
    form="dataclass",
    module="steps",
    name="Score",
    fields=(RecordField(name="auc", type=FLOAT), RecordField(name="day", type=DATE, required=False)),
)


def statement(text: str, *defines: str, needs: tuple[str, ...] = (), **rest: Any) -> Statement:
    return Statement(text=text, line=1, defines=defines, needs=needs, **rest)


def stage(id: str, *inputs: Input, function: str | None = None, **rest: Any) -> Stage:
    """A stage that calls the function of its name, or another one."""
    return Stage(id=id, body=PythonBody(module="steps", function=function or id), inputs=inputs, **rest)


def takes(name: str, value: Value, type: Type = INT) -> ValueInput:
    return ValueInput(name=name, type=type, value=value)


def takes_artifact(name: str, stage: str, output: str) -> ArtifactInput:
    return ArtifactInput(name=name, artifact="Dataset", value=ArtifactRef(stage=stage, output=output))


def parameter(name: str, type: Type = STR, **rest: Any) -> Parameter:
    return Parameter(name=name, type=type, **{"required": "default" not in rest, **rest})


def pipeline(*stages: Stage, parameters: tuple[Parameter, ...] = (), **rest: Any) -> Pipeline:
    functions = dict.fromkeys(each.body.function for each in stages if isinstance(each.body, PythonBody))
    module = ExtractedModule(
        name="steps",
        file="steps.py",
        statements=tuple(statement(f"def {each}(**given):\n    return given\n", each) for each in functions),
    )
    given = {"name": "churn", "source": "steps.py", "modules": (module,), **rest}
    return Pipeline(**given, stages=stages, parameters=parameters)


RAW_URI = Uri(parts=(ParameterRef(name="root"), Text(text="/{x}'\"/"), RunDate(), Text(text="/raw.csv")))

CHURN = pipeline(
    stage(
        "ingest",
        takes("day", RunDate(), DATE),
        takes("table", ParameterRef(name="table"), STR),
        outputs=(Output(name="raw", artifact="Dataset", uri=RAW_URI),),
        result=INT,
        retry=Retry(retries=3, delay=timedelta(seconds=60), backoff=2.0),
        timeout=timedelta(minutes=30),
        description="Pull one day's rows.",
    ),
    stage(
        "train",
        takes("rows", ResultRef(stage="ingest")),
        takes("rate", Constant(value=0.1), FLOAT),
        takes_artifact("raw", "ingest", "raw"),
        result=SCORE,
    ),
    stage("report", takes("auc", ResultRef(stage="train", field="auc"), FLOAT), after=("ingest",)),
    parameters=(parameter("root"), parameter("table", default="events")),
    schedule=Cron(expression="0 2 * * *"),
    timeout=timedelta(hours=2),
    description="Retrain.",
)
