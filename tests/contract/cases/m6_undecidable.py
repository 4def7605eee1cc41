"""M6, C5, M4: a predicate that cannot be evaluated for one item is that item's failure; the others decide and end."""

from typing import Any

from portable_pipeline import collect, for_each, pipeline, stage, when

from recording import record


@stage
def measure(log: str, item: int) -> Any:
    record(log, f"measure[{item}]")
    return "many" if item == 2 else item


@stage
def inside(log: str, item: int) -> int:
    record(log, f"inside[{item}]")
    return item


@stage
def take(log: str, values: list[int]) -> None:
    record(log, "take")


@pipeline
def m6_undecidable(log: str):
    with for_each([1, 2, 3]) as item, when(measure(log=log, item=item) > 2):
        made = inside(log=log, item=item)
    take(log=log, values=collect(made))
