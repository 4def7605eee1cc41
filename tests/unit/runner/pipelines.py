"""Pipelines as the IR has them, built by hand from the code of their stages."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from portable_pipeline.ir import (
    ArtifactInput,
    ArtifactRef,
    CommandBody,
    Constant,
    Output,
    ParameterRef,
    Pipeline,
    PythonBody,
    ResultRef,
    Retry,
    Scalar,
    Stage,
    Text,
    Uri,
    Value,
    ValueInput,
    VerbatimModule,
)

ANY = Scalar(name="any")


def stage(
    id: str,
    *,
    takes: Mapping[str, Value | object] | None = None,
    writes: Mapping[str, Uri | str] | None = None,
    after: Sequence[str] = (),
    retries: int = 0,
    delay: float = 0.0,
    timeout: float | None = None,
    returns: bool = True,
    command: tuple[str, ...] | str | None = None,
    function: str | None = None,
) -> Stage:
    """A stage that calls the function of its name in the module `pipeline`, or runs a command."""
    return Stage(
        id=id,
        body=PythonBody(module="pipeline", function=function or id)
        if command is None
        else CommandBody(command=command),
        inputs=tuple(_input(name, value) for name, value in (takes or {}).items()),
        outputs=tuple(Output(name=name, artifact="Dataset", uri=_uri(where)) for name, where in (writes or {}).items()),
        result=ANY if returns and command is None else None,
        after=tuple(after),
        retry=Retry(retries=retries, delay=timedelta(seconds=delay)),
        timeout=None if timeout is None else timedelta(seconds=timeout),
    )


def pipeline(source: str, *stages: Stage, **settings: Any) -> Pipeline:
    """A pipeline whose stages' functions are in the source."""
    module = VerbatimModule(name="pipeline", file="pipeline.py", source=textwrap.dedent(source))
    return Pipeline(name="case", source="pipeline.py", stages=stages, modules=(module,), **settings)


def graph(edges: Mapping[str, Sequence[str]], retries: Mapping[str, int] | None = None) -> Pipeline:
    """A pipeline of which only the order counts: the upstream of each stage."""
    retries = retries or {}
    return pipeline("", *(stage(id, after=upstream, retries=retries.get(id, 0)) for id, upstream in edges.items()))


def result(stage: str, field: str | None = None) -> ResultRef:
    return ResultRef(stage=stage, field=field)


def artifact(stage: str, output: str) -> ArtifactRef:
    return ArtifactRef(stage=stage, output=output)


def parameter(name: str) -> ParameterRef:
    return ParameterRef(name=name)


def _input(name: str, value: object) -> ValueInput | ArtifactInput:
    if isinstance(value, ArtifactRef):
        return ArtifactInput(name=name, artifact="Dataset", value=value)
    known = value if hasattr(value, "kind") else Constant(value=value)
    return ValueInput(name=name, type=ANY, value=known)


def _uri(where: Uri | str) -> Uri:
    return where if isinstance(where, Uri) else Uri(parts=(Text(text=where),))
