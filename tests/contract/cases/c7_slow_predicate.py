"""C7: the source of a predicate waits for what an independent chain does, so that chain cannot wait for it."""

import os
import time

from portable_pipeline import pipeline, stage, when

from recording import record


@stage
def slow(log: str) -> bool:
    record(log, "slow")
    deadline = time.monotonic() + 10
    while not os.path.exists(log + ".done") and time.monotonic() < deadline:
        time.sleep(0.05)
    record(log, "slow", "end")
    return os.path.exists(log + ".done")


@stage
def first(log: str) -> int:
    record(log, "first")
    return 1


@stage
def second(log: str, value: int) -> None:
    record(log, "second")
    open(log + ".done", "w").close()
    record(log, "second", "end")


@stage
def inside(log: str) -> None:
    record(log, "inside")


@pipeline
def c7_slow_predicate(log: str):
    with when(slow(log=log)):
        inside(log=log)
    second(log=log, value=first(log=log))
