"""C2, C4: of `when` and `otherwise` exactly one runs, and a join takes what it gave."""

from portable_pipeline import first_of, otherwise, pipeline, stage, when

from recording import record


@stage
def measure(log: str, number: int) -> int:
    record(log, "measure")
    return number


@stage
def big(log: str, value: int) -> int:
    record(log, "big", value=value)
    return value * 10


@stage
def small(log: str, value: int) -> int:
    record(log, "small", value=value)
    return value - 100


@stage
def report(log: str, chosen: int) -> int:
    record(log, "report", chosen=chosen)
    return chosen


@stage
def archive(log: str, reported: int) -> int:
    record(log, "archive", reported=reported)
    return reported


@pipeline
def c2_otherwise(log: str, number: int):
    measured = measure(log=log, number=number)
    with when(measured >= 10):
        high = big(log=log, value=measured)
    with otherwise():
        low = small(log=log, value=measured)
    archive(log=log, reported=report(log=log, chosen=first_of(high, low)))
