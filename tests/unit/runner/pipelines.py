"""Pipelines as the IR has them, built by hand from the code of their stages."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from portable_pipeline.ir import (
    ArtifactInput,
    ArtifactRef,
    Branch,
    Collected,
    CommandBody,
    Compare,
    Constant,
    FirstOf,
    Hook,
    ItemRef,
    Items,
    Loop,
    Operand,
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
from portable_pipeline.ir.predicates import Comparison

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
    **more: Any,
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
        **more,
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


def when(id: str, left: Value | object, operator: Comparison, right: Value | object, **more: Any) -> Branch:
    """A condition on values; a pair is a value and its type."""
    predicate = Compare(left=_operand(left), operator=operator, right=_operand(right))
    return Branch(id=id, predicate=predicate, **more)


def otherwise(id: str, branch: Branch) -> Branch:
    """What runs if the branch does not."""
    return branch.model_copy(update={"id": id, "otherwise_of": branch.id})


def loop(id: str, *, parent: str | None = None, key: str | None = None, limit: int | None = None, **lists: Any) -> Loop:
    """A loop over lists by name."""
    items = tuple(Items(name=name, value=_value(given), type=ANY) for name, given in lists.items())
    return Loop(id=id, parent=parent, items=items, key=key, max_parallel=limit)


def item(loop: str, name: str = "x", field: str | None = None) -> ItemRef:
    return ItemRef(loop=loop, name=name, field=field)


def collected(loop: str, of: ResultRef | ArtifactRef | Collected) -> Collected:
    return Collected(loop=loop, of=of)


def first_of(*stages: str) -> FirstOf:
    return FirstOf(options=tuple(result(each) for each in stages))


def hook(function: str) -> Hook:
    return Hook(body=PythonBody(module="pipeline", function=function))


def _operand(given: object) -> Operand:
    value, type = given if isinstance(given, tuple) else (given, ANY)
    return Operand(value=_value(value), type=type)


def _value(given: Any) -> Value:
    return given if hasattr(given, "kind") else Constant(value=given)


def _input(name: str, value: object) -> ValueInput | ArtifactInput:
    if isinstance(value, ArtifactRef):
        return ArtifactInput(name=name, artifact="Dataset", value=value)
    return ValueInput(name=name, type=ANY, value=_value(value))


def _uri(where: Uri | str) -> Uri:
    return where if isinstance(where, Uri) else Uri(parts=(Text(text=where),))
