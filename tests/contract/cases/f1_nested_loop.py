"""F1.loop, M6: a loop in a loop has no item where something that its stages need of the outer item has failed."""

from portable_pipeline import collect, for_each, pipeline, stage

from recording import record


@stage
def count(log: str, counts: list[int]) -> list[list[int]]:
    record(log, "count")
    return [[*range(each)] for each in counts]


@stage
def make(log: str, numbers: list[int], good: int) -> int:
    record(log, f"make[{numbers}]")
    if len(numbers) != good:
        raise RuntimeError("broken")
    return len(numbers)


@stage
def needing(log: str, number: int, made: int) -> int:
    record(log, f"needing[{number}]")
    return number + made


@stage
def sum_up(log: str, values: list[int]) -> int:
    record(log, f"sum_up[{values}]")
    return sum(values)


@stage
def take(log: str, sums: list[int]) -> int:
    record(log, "take", sums=sums)
    return sum(sums)


@pipeline
def f1_nested_loop(log: str, counts: list[int], good: int):
    with for_each(count(log=log, counts=counts)) as numbers:
        made = make(log=log, numbers=numbers, good=good)
        with for_each(numbers) as number:
            one = needing(log=log, number=number, made=made)
        summed = sum_up(log=log, values=collect(one))
    take(log=log, sums=collect(summed))
