"""C1: a block with several stages runs if its predicate holds, and is skipped otherwise; a group means nothing."""

from portable_pipeline import group, pipeline, stage, when

from recording import record


@stage
def measure(log: str, number: int) -> int:
    record(log, "measure")
    return number * 2


@stage
def inside(log: str, value: int) -> int:
    record(log, "inside", value=value)
    return value + 1


@stage
def deeper(log: str, value: int) -> int:
    record(log, "deeper", value=value)
    return value + 1


@stage
def outside(log: str, value: int) -> int:
    record(log, "outside", value=value)
    return value


@pipeline
def c1_when(log: str, number: int):
    measured = measure(log=log, number=number)
    with when(measured > 5):
        made = inside(log=log, value=measured)
        with group("further on"):
            deeper(log=log, value=made)
    outside(log=log, value=measured)
