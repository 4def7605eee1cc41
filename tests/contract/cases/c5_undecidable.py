"""C5, C6: what Python cannot compare fails the run and is no skip."""

from typing import Any

from portable_pipeline import otherwise, pipeline, stage, when

from recording import record


@stage
def anything(log: str) -> Any:
    record(log, "anything")
    return "many"


@stage
def inside(log: str) -> int:
    record(log, "inside")
    return 1


@stage
def beside(log: str) -> None:
    record(log, "beside")


@stage
def takes(log: str, value: int) -> None:
    record(log, "takes")


@stage
def free(log: str) -> None:
    record(log, "free")


@pipeline
def c5_undecidable(log: str):
    with when(anything(log=log) > 3):
        made = inside(log=log)
    with otherwise():
        beside(log=log)
    takes(log=log, value=made)
    free(log=log)
