"""M6: several stages in a body, which take the item, each other, parameters, and results from outside."""

from portable_pipeline import collect, for_each, group, pipeline, stage

from recording import record


@stage
def base(log: str) -> int:
    record(log, "base")
    return 100


@stage
def first(log: str, item: int, added: int) -> int:
    record(log, f"first[{item}]")
    return item + added


@stage
def beside(log: str, item: int) -> int:
    record(log, f"beside[{item}]")
    return -item


@stage
def second(log: str, item: int, one: int, other: int, factor: int) -> int:
    record(log, f"second[{item}]", one=one, other=other, factor=factor)
    return one * factor + other


@stage
def take(log: str, values: list[int]) -> None:
    record(log, "take", values=values)


@pipeline
def m6_several(log: str, factor: int):
    start = base(log=log)
    with for_each([1, 2, 3]) as item:
        one = first(log=log, item=item, added=start)
        with group("numbers"):
            two = second(log=log, item=item, one=one, other=beside(log=log, item=item), factor=factor)
    take(log=log, values=collect(two))
