"""C6: conditions in conditions, both in `when` and in `otherwise`; the inner one compares a result of its branch."""

from portable_pipeline import first_of, otherwise, pipeline, stage, when

from recording import record


@stage
def measure(log: str, number: int) -> int:
    record(log, "measure")
    return number


@stage
def halve(log: str, value: int) -> int:
    record(log, "halve", value=value)
    return value // 2


@stage
def large(log: str, value: int) -> str:
    record(log, "large")
    return "large"


@stage
def medium(log: str) -> str:
    record(log, "medium")
    return "medium"


@stage
def negative(log: str) -> str:
    record(log, "negative")
    return "negative"


@stage
def report(log: str, size: str) -> str:
    record(log, "report", size=size)
    return size


@pipeline
def c6_nested(log: str, number: int):
    measured = measure(log=log, number=number)
    with when(measured > 10):
        half = halve(log=log, value=measured)
        with when(half > 10):
            one = large(log=log, value=half)
        with otherwise():
            two = medium(log=log)
    with otherwise(), when(measured < 0):
        three = negative(log=log)
    report(log=log, size=first_of(one, two, three))
