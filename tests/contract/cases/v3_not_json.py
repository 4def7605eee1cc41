"""V3: a result that is no JSON value fails its producer: a set has no place in a list's stead."""

from typing import Any

from portable_pipeline import pipeline, stage

from recording import record


@stage
def unordered(log: str) -> Any:
    record(log, "unordered")
    return {"names": {"a", "b"}}


@pipeline
def v3_not_json(log: str):
    unordered(log=log)
