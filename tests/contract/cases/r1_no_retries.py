"""R1: without `retries` a failing stage has one attempt."""

from portable_pipeline import pipeline, stage

from recording import record


@stage
def breaks(log: str) -> None:
    record(log, "breaks")
    raise RuntimeError("no second attempt")


@pipeline
def r1_no_retries(log: str):
    breaks(log=log)
