"""Random valid pipelines, as IR: any graph, any types, any text that a user could write."""

from __future__ import annotations

import keyword
from collections.abc import Collection
from datetime import timedelta

from hypothesis import strategies as st

from portable_pipeline.ir import (
    ArtifactInput,
    ArtifactRef,
    CommandBody,
    Constant,
    Constraints,
    Cron,
    ExtractedModule,
    Output,
    Parameter,
    ParameterRef,
    Pipeline,
    PythonBody,
    Record,
    ResultRef,
    Retry,
    RunDate,
    RunTime,
    Scalar,
    Stage,
    Statement,
    Text,
    Type,
    Uri,
    Value,
    ValueInput,
)
from tests.property.typed_values import MODULE, annotation, texts, types, values_of

KINDS = ("Dataset", "Model", "Metrics", "Artifact", "Directory")
CRONS = ("0 2 * * *", "*/15 * * * *", "5,35 2-4 * 1,7 1-5", "0 0 1 * *", "30 23 31 12 *")
#: Zones whose clocks skip nothing any more, and zones whose clocks do.
STEADY_ZONES = ("Asia/Kolkata", "Pacific/Kiritimati")
ZONES = ("Europe/Berlin", "America/New_York", *STEADY_ZONES)

POINT_SOURCE = "@dataclass\nclass Point:\n    x: int\n    label: str\n    day: date | None = None\n"
IMPORTS = (
    Statement(text="from dataclasses import dataclass\n", line=1, defines=("dataclass",), is_import=True),
    Statement(
        text="from datetime import date, datetime, timedelta\n",
        line=2,
        defines=("date", "datetime", "timedelta"),
        is_import=True,
    ),
    Statement(text="from typing import Any\n", line=3, defines=("Any",), is_import=True),
)

seconds = st.one_of(st.integers(1, 7200), st.sampled_from([0.5, 1.25, 90.0])).map(lambda each: timedelta(seconds=each))


def names(prefix: str) -> st.SearchStrategy[str]:
    """Identifiers that no target takes for another after its normalisation."""
    return (
        st.from_regex(r"[a-z]{1,8}[0-9]{0,2}", fullmatch=True)
        .map(lambda stem: f"{prefix}_{stem}")
        .filter(lambda name: not keyword.iskeyword(name))
    )


@st.composite
def parameters(draw: st.DrawFn) -> tuple[Parameter, ...]:
    """The root of all addresses, and a few more."""
    found = [Parameter(name="root", type=Scalar(name="str"), required=False, default="data")]
    for name in draw(st.lists(names("p"), max_size=4, unique=True)):
        declared = draw(types)
        required = draw(st.booleans())
        default = None if required else draw(values_of(declared))
        bounds = (
            Constraints(ge=0) if declared == Scalar(name="int") and required and draw(st.booleans()) else Constraints()
        )
        found.append(
            Parameter(
                name=name,
                type=declared,
                required=required,
                default=default,
                constraints=bounds,
                description=draw(texts),
            )
        )
    # As in Python: those without a default come first.
    return tuple(sorted(found, key=lambda each: not each.required))


@st.composite
def retries(draw: st.DrawFn, jitter: bool) -> Retry:
    """A retry policy without contradictions."""
    if draw(st.booleans()):
        return Retry()
    return Retry(
        retries=draw(st.integers(1, 5)),
        delay=draw(seconds),
        backoff=draw(st.sampled_from([1.0, 1.5, 2.0, 3.0])),
        max_delay=draw(st.none() | st.just(timedelta(hours=3))),
        jitter=draw(st.sampled_from([0.0, 0.25])) if jitter else 0.0,
    )


@st.composite
def stages(draw: st.DrawFn, name: str, given: tuple[Parameter, ...], before: tuple[Stage, ...], jitter: bool) -> Stage:
    """A stage that takes what those before it give."""
    policies = {
        "retry": draw(retries(jitter)),
        "timeout": draw(st.none() | seconds),
        "owner": draw(st.none() | st.sampled_from(["data", "ml-platform"])),
        "tags": tuple(draw(st.lists(st.sampled_from(["io", "gpu", "nightly"]), max_size=2, unique=True))),
        "description": draw(texts),
        "after": tuple(draw(st.lists(st.sampled_from([each.id for each in before]), max_size=2, unique=True)))
        if before
        else (),
    }
    outputs = tuple(
        Output(
            name=output,
            artifact=draw(st.sampled_from(KINDS)),
            uri=Uri(parts=(ParameterRef(name="root"), Text(text="/"), RunDate(), Text(text=f"/{name}/{output}"))),
        )
        for output in draw(st.lists(names("o"), max_size=2, unique=True))
    )
    inputs = tuple(
        draw(input_of(argument, given, before)) for argument in draw(st.lists(names("a"), max_size=4, unique=True))
    )
    if draw(st.integers(0, 5)) == 0:
        placeholders = [
            f"{{{each.name}.path}}" if isinstance(each, ArtifactInput) else f"{{{each.name}}}" for each in inputs
        ]
        placeholders += [f"{{{each.name}.path}}" for each in outputs]
        body: PythonBody | CommandBody = CommandBody(
            command=("echo", draw(texts).translate(dict.fromkeys(map(ord, "{}\0"))), *placeholders)
        )
        return Stage(id=name, body=body, inputs=inputs, outputs=outputs, **policies)
    result = draw(st.none() | types)
    return Stage(
        id=name,
        body=PythonBody(module=MODULE, function=name),
        inputs=inputs,
        outputs=outputs,
        result=result,
        **policies,
    )


@st.composite
def input_of(
    draw: st.DrawFn, name: str, given: tuple[Parameter, ...], before: tuple[Stage, ...]
) -> ValueInput | ArtifactInput:
    """An argument from anywhere that there is."""
    artifacts = [(stage, output) for stage in before for output in stage.outputs]
    if artifacts and draw(st.booleans()):
        stage, output = draw(st.sampled_from(artifacts))
        return ArtifactInput(name=name, artifact=output.artifact, value=ArtifactRef(stage=stage.id, output=output.name))
    constants = types.flatmap(lambda declared: values_of(declared).map(lambda value: (declared, Constant(value=value))))
    fixed: list[tuple[Type, Value]] = [
        *((each.type, ParameterRef(name=each.name)) for each in given),
        *((each.result, ResultRef(stage=each.id)) for each in before if each.result is not None),
        *(
            (field.type, ResultRef(stage=each.id, field=field.name))
            for each in before
            if isinstance(each.result, Record)
            for field in each.result.fields
            if field.required
        ),
        (Scalar(name="date"), RunDate()),
        (Scalar(name="datetime"), RunTime()),
    ]
    declared, value = draw(st.one_of(constants, st.sampled_from(fixed)))
    return ValueInput(name=name, type=declared, value=value)


def function_source(stage: Stage) -> str:
    """The stage's function, as capture would have extracted it."""
    declared = [
        f"{each.name}: {'Artifact' if isinstance(each, ArtifactInput) else annotation(each.type)}"
        for each in stage.inputs
    ] + [f"{each.name}: Artifact" for each in stage.outputs]
    result = "None" if stage.result is None else annotation(stage.result)
    return f"def {stage.id}({', '.join(declared)}) -> {result}:\n    raise NotImplementedError\n"


def module_of(found: tuple[Stage, ...]) -> ExtractedModule:
    """The module with the functions of the stages."""
    # The line numbers only have to grow.
    functions = (stage for stage in found if isinstance(stage.body, PythonBody))
    statements = [
        Statement(text=POINT_SOURCE, line=10, defines=("Point",), needs=("dataclass", "date")),
        *(
            Statement(
                text=function_source(stage),
                line=20 + 10 * index,
                defines=(stage.id,),
                needs=("Point", "date", "datetime", "timedelta", "Any"),
            )
            for index, stage in enumerate(functions)
        ),
    ]
    uses_artifacts = any(
        stage.outputs or any(isinstance(each, ArtifactInput) for each in stage.inputs)
        for stage in found
        if isinstance(stage.body, PythonBody)
    )
    return ExtractedModule(
        name=MODULE,
        file="pipeline.py",
        runtime_names=("Artifact",) if uses_artifacts else (),
        statements=(*IMPORTS, *statements),
    )


@st.composite
def pipelines(draw: st.DrawFn, without: Collection[str] = (), max_stages: int = 6) -> Pipeline:
    """A valid pipeline.

    Args:
        without: Ids of rules that it must not rely on.
        max_stages: How large it grows.
    """
    given = draw(parameters())
    found: tuple[Stage, ...] = ()
    for name in draw(st.lists(names("s"), min_size=1, max_size=max_stages, unique=True)):
        found += (draw(stages(name, given, found, "R2.jitter" not in without)),)
    zones = ("UTC",) if "D2.zone" in without else ("UTC", *(STEADY_ZONES if "D2.gap" in without else ZONES))
    schedules = st.builds(Cron, expression=st.sampled_from(CRONS), timezone=st.sampled_from(zones))
    # Nobody is there to give a scheduled run its parameters.
    can_be_scheduled = not any(each.required for each in given)
    schedule = draw(st.none() | schedules) if can_be_scheduled else None
    return Pipeline(
        name=draw(names("pipeline")),
        source="pipeline.py",
        description=draw(texts),
        owner=draw(st.none() | st.just("data")),
        tags=tuple(draw(st.lists(st.sampled_from(["nightly", "demo"]), max_size=2, unique=True))),
        schedule=schedule,
        timeout=draw(st.none() | st.just(timedelta(hours=12))),
        parameters=given,
        stages=found,
        modules=(module_of(found),),
    )
