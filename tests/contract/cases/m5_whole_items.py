"""M5, M6: what is bounded is items: the next begins only when all stages of one before have ended."""

import time

from portable_pipeline import for_each, pipeline, stage

from recording import record


@stage
def load(log: str, item: int, bad: int) -> int:
    record(log, f"load[{item}]")
    time.sleep(0.2)
    if item == bad:
        record(log, f"load[{item}]", "end")
        raise RuntimeError("boom")
    return item


@stage
def train(log: str, item: int) -> None:
    record(log, f"train[{item}]")
    time.sleep(0.2)
    record(log, f"train[{item}]", "end")


@pipeline
def m5_whole_items(log: str, items: list[int], bad: int = -1):
    with for_each(items, max_parallel=1) as item:
        train(log=log, item=load(log=log, item=item, bad=bad))
