"""M4: one item fails for good; the others still end, and nothing that needs all of them starts."""

import time

from portable_pipeline import collect, for_each, pipeline, stage

from recording import record


@stage
def train(log: str, item: int, bad: int) -> int:
    record(log, f"train[{item}]")
    if item == bad:
        raise RuntimeError(f"item {item} is broken")
    time.sleep(0.3)
    record(log, f"train[{item}]", "end")
    return item


@stage
def check(log: str, value: int) -> int:
    record(log, f"check[{value}]")
    return value


@stage
def take(log: str, values: list[int]) -> int:
    record(log, "take")
    return len(values)


@stage
def far(log: str, count: int) -> None:
    record(log, "far")


@stage
def free(log: str) -> None:
    record(log, "free")


@pipeline
def m4_one_fails(log: str, bad: int):
    with for_each([1, 2, 3]) as item:
        checked = check(log=log, value=train(log=log, item=item, bad=bad))
    far(log=log, count=take(log=log, values=collect(checked)))
    free(log=log)
