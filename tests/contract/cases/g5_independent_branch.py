"""G5, F1, F2: one branch fails at once; the other, slower one runs to its end, and the run has failed."""

import time

from portable_pipeline import pipeline, stage

from recording import record


@stage
def breaks(log: str) -> int:
    record(log, "breaks")
    raise RuntimeError("this branch is broken")


@stage
def after_breaks(log: str, value: int) -> int:
    record(log, "after_breaks")
    return value


@stage
def works(log: str) -> int:
    record(log, "works")
    time.sleep(1)
    return 1


@stage
def after_works(log: str, value: int) -> int:
    record(log, "after_works", value=value)
    return value + 1


@pipeline
def g5_independent_branch(log: str):
    after_breaks(log=log, value=breaks(log=log))
    after_works(log=log, value=works(log=log))
