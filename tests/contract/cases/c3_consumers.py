"""C3: what needs a skipped stage is skipped, by data or by order, directly or not; all else runs."""

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
def takes_value(log: str, two: int) -> int:
    record(log, "takes_value", two=two)
    return two


@stage
def ordered(log: str) -> int:
    record(log, "ordered")
    return 3


@stage
def far(log: str, value: int) -> None:
    record(log, "far")


@stage
def free(log: str, value: int) -> int:
    record(log, "free", value=value)
    return value


@pipeline
def c3_consumers(log: str, go: bool):
    begin = source(log=log)
    with when(go):
        made = inside(log=log)
    far(log=log, value=takes_value(log=log, two=made))
    ordered(log=log).after(made)
    free(log=log, value=begin)
