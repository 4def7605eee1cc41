"""G3: a consumer of many gets all of them, each where it belongs."""

from portable_pipeline import pipeline, stage

from recording import record


@stage
def number(log: str, value: int) -> int:
    record(log, f"number {value}")
    return value


@stage
def gather(log: str, a: int, b: int, c: int, d: int, e: int) -> list[int]:
    record(log, "gather", a=a, b=b, c=c, d=d, e=e)
    return [a, b, c, d, e]


@pipeline
def g3_fan_in(log: str):
    one, two, three, four, five = [number(log=log, value=value) for value in (1, 2, 3, 4, 5)]
    gather(log=log, e=one, d=two, c=three, b=four, a=five)
