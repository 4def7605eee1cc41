"""M1: two lists that turn out not to be of one length fail the loop, and all that needs it."""

from portable_pipeline import collect, each, pipeline, stage

from recording import record


@stage
def add(log: str, left: int, right: int) -> int:
    record(log, "add")
    return left + right


@stage
def total(log: str, values: list[int]) -> None:
    record(log, "total")


@pipeline
def m1_uneven(log: str, left: list[int], right: list[int]):
    total(log=log, values=collect(add.map(log=log, left=each(left), right=each(right))))
