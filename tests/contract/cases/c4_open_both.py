"""C4: two branches that may both run; the join takes the first that succeeded, whoever was faster, if none failed."""

import time

from portable_pipeline import first_of, pipeline, stage, when

from recording import record


@stage
def one(log: str) -> str:
    record(log, "one")
    time.sleep(0.4)
    return "one"


@stage
def two(log: str, broken: bool) -> str:
    record(log, "two")
    if broken:
        raise RuntimeError("boom")
    return "two"


@stage
def report(log: str, chosen: str) -> str:
    record(log, "report", chosen=chosen)
    return chosen


@pipeline
def c4_open_both(log: str, first: bool, second: bool, broken: bool = False):
    with when(first):
        left = one(log=log)
    with when(second):
        right = two(log=log, broken=broken)
    report(log=log, chosen=first_of(left, right))
