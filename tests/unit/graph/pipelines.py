"""Small pipelines, written by hand, for drawing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from portable_pipeline.ir import (
    ArtifactInput,
    ArtifactRef,
    CommandBody,
    Input,
    Pipeline,
    PythonBody,
    ResultRef,
    Retry,
    Stage,
    ValueInput,
)
from portable_pipeline.ir.types import INT


def stage(id: str, takes: Sequence[str] = (), after: Sequence[str] = (), command: bool = False, **facts: int) -> Stage:
    """A stage that takes artifacts (`ingest.@table`), results (`ingest`) and fields of results (`score.auc`)."""
    body = CommandBody(command=("true",)) if command else PythonBody(module="pipeline", function=id)
    return Stage(
        id=id,
        body=body,
        inputs=tuple(_input(index, each) for index, each in enumerate(takes)),
        after=tuple(after),
        retry=Retry(retries=facts.get("retries", 0)),
        timeout=timedelta(seconds=facts["timeout_s"]) if "timeout_s" in facts else None,
    )


def pipeline(*stages: Stage, name: str = "sample") -> Pipeline:
    return Pipeline(name=name, source="pipeline.py", stages=stages)


def _input(index: int, taken: str) -> Input:
    source, _, name = taken.partition(".")
    if name.startswith("@"):
        reference = ArtifactRef(stage=source, output=name[1:])
        return ArtifactInput(name=f"given_{index}", artifact="Dataset", value=reference)
    return ValueInput(name=f"given_{index}", type=INT, value=ResultRef(stage=source, field=name or None))
