"""F1.loop, F2: what only a loop needs fails, and the loop, the last of the pipeline, is skipped."""

import time

from portable_pipeline import collect, for_each, pipeline, stage, when

from recording import record


@stage
def breaks(log: str) -> int:
    record(log, "breaks")
    time.sleep(0.5)
    raise RuntimeError("too late")


@stage
def each(log: str, number: int) -> int:
    record(log, f"each[{number}]")
    time.sleep(0.5)
    if number == 1:
        raise RuntimeError("too late")
    return number


@stage
def needing(log: str, item: int, value: int) -> None:
    record(log, f"needing[{item}]")


@stage
def needing_all(log: str, item: int, values: list[int]) -> None:
    record(log, f"needing_all[{item}]")


@pipeline
def f1_last_loop(log: str, go: bool = False):
    late = breaks(log=log)
    with for_each([0, 1]) as number:
        one = each(log=log, number=number)
    with when(go), for_each([0, 1]) as item:
        needing(log=log, item=item, value=late)
        needing_all(log=log, item=item, values=collect(one))
