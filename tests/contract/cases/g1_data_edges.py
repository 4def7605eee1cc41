"""G1: a chain of results; no stage starts before the one that it needs has ended."""

import time

from portable_pipeline import pipeline, stage

from recording import record


@stage
def first(log: str) -> int:
    record(log, "first")
    time.sleep(1)
    record(log, "first", "end")
    return 1


@stage
def second(log: str, one: int) -> int:
    record(log, "second", one=one)
    time.sleep(0.5)
    record(log, "second", "end")
    return one + 1


@stage
def third(log: str, two: int) -> int:
    record(log, "third", two=two)
    return two + 1


# Written against the order in which they must run, as far as Python allows it.
@pipeline
def g1_data_edges(log: str):
    third(log=log, two=second(log=log, one=first(log=log)))
