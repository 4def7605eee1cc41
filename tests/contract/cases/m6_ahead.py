"""M6, G2: the second stage of an item runs while the first stage of another is still busy."""

import os
import time

from portable_pipeline import for_each, pipeline, stage

from recording import record


@stage
def first(log: str, item: int) -> bool:
    record(log, f"first[{item}]")
    deadline = time.monotonic() + 10
    while item == 0 and not os.path.exists(log + ".done"):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@stage
def second(log: str, item: int, is_first_done: bool) -> int:
    record(log, f"second[{item}]")
    if item == 1:
        open(log + ".done", "w").close()
    return item


@pipeline
def m6_ahead(log: str):
    with for_each([0, 1]) as item:
        second(log=log, item=item, is_first_done=first(log=log, item=item))
