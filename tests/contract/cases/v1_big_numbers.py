"""V1: an int stays an int beyond what a double can hold, a float stays a float to the last bit."""

from portable_pipeline import pipeline, stage

from recording import record


@stage
def give(log: str, ints: list[int], one: int, floats: list[float], tenth: float) -> list[int]:
    record(log, "give", ints=ints, one=one, floats=floats, tenth=tenth)
    return ints


@stage
def pick(log: str, ints: list[int]) -> int:
    record(log, "pick", ints=ints)
    return ints[0]


@stage
def scale(log: str, big: int) -> float:
    record(log, "scale", big=big)
    return 1.0


@stage
def take(log: str, whole: float, big: int) -> None:
    record(log, "take", whole=whole, big=big)


@pipeline
def v1_big_numbers(log: str):
    ints = give(
        log=log,
        ints=[2**53 + 1, -(2**63), 2**63, 2**64 + 1, 10**40, 0, -1],
        one=2**53 + 1,
        floats=[1.0, -0.0, 0.1, 1e300, 5e-324, 2.0**53, 1e16, 123456789.123456789],
        tenth=0.1,
    )
    big = pick(log=log, ints=ints)
    take(log=log, whole=scale(log=log, big=big), big=big)
