"""G1, G3: a join starts only after the slower of its two branches, and gets both values."""

import time

from portable_pipeline import pipeline, stage

from recording import record


@stage
def source(log: str) -> int:
    record(log, "source")
    return 10


@stage
def slow(log: str, start: int) -> int:
    record(log, "slow", start=start)
    time.sleep(1.5)
    record(log, "slow", "end")
    return start + 1


@stage
def quick(log: str, start: int) -> int:
    record(log, "quick", start=start)
    record(log, "quick", "end")
    return start + 2


@stage
def join(log: str, left: int, right: int) -> int:
    record(log, "join", left=left, right=right)
    return left * right


@pipeline
def g1_diamond(log: str):
    begin = source(log=log)
    join(log=log, left=slow(log=log, start=begin), right=quick(log=log, start=begin))
