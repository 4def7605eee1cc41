"""M1, M2, C5: what was collected is itself looped over, and compared."""

from portable_pipeline import collect, for_each, pipeline, stage, when

from recording import record


@stage
def first(log: str, item: int) -> int:
    record(log, f"first[{item}]")
    return item * 2


@stage
def second(log: str, item: int) -> int:
    record(log, f"second[{item}]")
    return item + 1


@stage
def all_right(log: str) -> None:
    record(log, "all_right")


@stage
def take(log: str, values: list[int]) -> None:
    record(log, "take", values=values)


@pipeline
def m1_collected(log: str, numbers: list[int]):
    with for_each(numbers) as item:
        doubled = first(log=log, item=item)
    with for_each(collect(doubled)) as item:
        further = second(log=log, item=item)
    with when(collect(doubled) == [2, 4]):
        all_right(log=log)
    take(log=log, values=collect(further))
