"""C5: each comparison of two numbers that are results. As texts, "9" comes after "10"."""

from portable_pipeline import pipeline, stage, when

from recording import record


@stage
def one(value: int) -> int:
    return value


@stage
def other(value: float) -> float:
    return value


@stage
def mark(log: str, which: str) -> None:
    record(log, which)


@pipeline
def c5_operators(log: str, left: int, right: float):
    a, b = one(value=left), other(value=right)
    with when(a == b):
        mark(log=log, which="==")
    with when(a != b):
        mark(log=log, which="!=")
    with when(a < b):
        mark(log=log, which="<")
    with when(a <= b):
        mark(log=log, which="<=")
    with when(a > b):
        mark(log=log, which=">")
    with when(a >= b):
        mark(log=log, which=">=")
