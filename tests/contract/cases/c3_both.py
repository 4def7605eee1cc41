"""C3: a stage that needs one of a branch, and one that runs in any case."""

from portable_pipeline import pipeline, stage, when

from recording import record


@stage
def source(log: str) -> int:
    record(log, "source")
    return 1


@stage
def inside(log: str) -> int:
    record(log, "inside")
    return 2


@stage
def takes_both(log: str, one: int, two: int) -> int:
    record(log, "takes_both", one=one, two=two)
    return one + two


@pipeline
def c3_both(log: str, go: bool):
    begin = source(log=log)
    with when(go):
        made = inside(log=log)
    takes_both(log=log, one=begin, two=made)
