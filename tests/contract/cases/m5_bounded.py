"""M5: at most two of five items at once, and really two."""

import time

from portable_pipeline import collect, for_each, pipeline, stage

from recording import record


@stage
def work(log: str, item: int, bad: int) -> int:
    record(log, f"work[{item}]")
    time.sleep(0.6)
    record(log, f"work[{item}]", "end")
    if item == bad:
        raise RuntimeError("boom")
    return item


@stage
def take(log: str, items: list[int]) -> None:
    record(log, "take", items=items)


@pipeline
def m5_bounded(log: str, bad: int = -1):
    with for_each([0, 1, 2, 3, 4], max_parallel=2) as item:
        done = work(log=log, item=item, bad=bad)
    take(log=log, items=collect(done))
