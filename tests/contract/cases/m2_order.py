"""M2: results come in the order of the items, whoever was first, and reach each consumer."""

import time

from portable_pipeline import collect, for_each, pipeline, stage

from recording import record


@stage
def work(log: str, item: int) -> int:
    # The first item takes longest.
    time.sleep(max(0.0, 0.6 - 0.3 * item))
    record(log, "work", item=item)
    return item * 10


@stage
def take(log: str, values: list[int]) -> int:
    record(log, "take", values=values)
    return sum(values)


@stage
def again(log: str, values: list[int]) -> None:
    record(log, "again", values=values)


@pipeline
def m2_order(log: str, items: list[int]):
    with for_each(items) as item:
        done = work(log=log, item=item)
    values = collect(done)
    take(log=log, values=values)
    again(log=log, values=values)
