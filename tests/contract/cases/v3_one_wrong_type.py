"""V3: a result of another type than declared fails its producer and never reaches a consumer."""

from portable_pipeline import pipeline, stage

from recording import record


@stage
def counts(log: str) -> list[int]:
    record(log, "counts")
    return [1, 2, "3"]  # type: ignore[list-item]


@stage
def take(log: str, value: list[int]) -> None:
    record(log, "take")


@pipeline
def v3_one_wrong_type(log: str):
    take(log=log, value=counts(log=log))
