"""M3: loops without items, over a parameter and a result; what is collected of them is an empty list."""

from portable_pipeline import collect, for_each, pipeline, stage

from recording import record


@stage
def find(log: str, count: int) -> list[str]:
    record(log, "find")
    return [f"item {number}" for number in range(count)]


@stage
def of_result(log: str, item: str) -> str:
    record(log, "of_result")
    return item


@stage
def of_parameter(log: str, item: int) -> int:
    record(log, "of_parameter")
    return item


@stage
def take(log: str, texts: list[str], numbers: list[int]) -> int:
    record(log, "take", texts=texts, numbers=numbers)
    return len(texts) + len(numbers)


@stage
def last(log: str, count: int) -> None:
    record(log, "last", count=count)


@pipeline
def m3_empty(log: str, items: list[int] = [], count: int = 0):
    with for_each(find(log=log, count=count)) as text:
        texts = of_result(log=log, item=text)
    with for_each(items) as item:
        numbers = of_parameter(log=log, item=item)
    last(log=log, count=take(log=log, texts=collect(texts), numbers=collect(numbers)))
