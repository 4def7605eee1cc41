"""A map in a branch, over what a stage of the branch gives; who collects from it in the branch, and who outside."""

from portable_pipeline import collect, first_of, for_each, otherwise, pipeline, stage, when

from recording import record


@stage
def numbers(log: str, count: int) -> list[int]:
    record(log, "numbers")
    return list(range(count))


@stage
def square(log: str, number: int) -> int:
    record(log, f"square[{number}]")
    return number * number


@stage
def total(log: str, squares: list[int]) -> int:
    record(log, "total", squares=squares)
    return sum(squares)


@stage
def nothing(log: str) -> int:
    record(log, "nothing")
    return -1


@stage
def report(log: str, value: int) -> int:
    record(log, "report")
    return value


@stage
def count(log: str, squares: list[int]) -> int:
    record(log, "count", squares=squares)
    return len(squares)


@pipeline
def combo_map_in_condition(log: str, go: bool, items: int):
    with when(go):
        with for_each(numbers(log, items)) as number:
            squared = square(log, number)
        summed = total(log, collect(squared))
    with otherwise():
        none = nothing(log)
    report(log, first_of(summed, none))
    count(log, collect(squared))
