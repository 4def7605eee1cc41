"""M5.outer: one item of a loop at a time, each with all of the loop inside."""

import time

from portable_pipeline import collect, for_each, pipeline, stage

from recording import record


@stage
def begin(log: str, item: int) -> list[int]:
    record(log, f"begin[{item}]")
    return [10 * item, 10 * item + 1]


@stage
def work(log: str, part: int, bad: int) -> int:
    record(log, f"work[{part}]")
    time.sleep(0.2)
    record(log, f"work[{part}]", "end")
    if part == bad:
        raise RuntimeError("boom")
    return part


@stage
def close(log: str, item: int, parts: list[int]) -> int:
    record(log, f"close[{item}]", parts=parts)
    return sum(parts)


@stage
def take(log: str, values: list[int]) -> None:
    record(log, "take", values=values)


@pipeline
def m5_outer(log: str, items: list[int], bad: int = -1):
    with for_each(items, max_parallel=1) as item:
        with for_each(begin(log=log, item=item)) as part:
            done = work(log=log, part=part, bad=bad)
        closed = close(log=log, item=item, parts=collect(done))
    take(log=log, values=collect(closed))
