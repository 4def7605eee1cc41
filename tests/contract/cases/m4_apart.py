"""M4.apart: of a loop with several stages, each needs what it takes; another one fails, or what only another one needs.

Whoever does not need what fails starts, or not; but never with some of the items.
"""

import time

from portable_pipeline import collect, for_each, pipeline, stage

from recording import record


@stage
def breaks(log: str, is_broken: bool) -> int:
    record(log, "breaks")
    if is_broken:
        raise RuntimeError("boom")
    return 10


@stage
def good(log: str, item: int) -> int:
    record(log, f"good[{item}]")
    time.sleep(0.2 * item)
    return item


@stage
def further(log: str, value: int, bad: int) -> int:
    record(log, f"further[{value}]")
    if value == bad:
        raise RuntimeError("boom")
    return value


@stage
def needing(log: str, value: int, ten: int) -> int:
    record(log, f"needing[{value}]")
    return value + ten


@stage
def takes_good(log: str, values: list[int]) -> int:
    record(log, "takes_good", values=values)
    return sum(values)


@stage
def takes_further(log: str, values: list[int]) -> int:
    record(log, "takes_further", values=values)
    return sum(values)


@stage
def takes_both(log: str, values: list[int], others: list[int]) -> int:
    record(log, "takes_both", values=values, others=others)
    return sum(values)


@stage
def after_good(log: str) -> None:
    record(log, "after_good")


@pipeline
def m4_apart(log: str, bad: int, is_broken: bool):
    ten = breaks(log=log, is_broken=is_broken)
    with for_each([0, 1, 2]) as item:
        one = good(log=log, item=item)
        two = further(log=log, value=one, bad=bad)
        needing(log=log, value=one, ten=ten)
    takes_good(log=log, values=collect(one))
    takes_further(log=log, values=collect(two))
    takes_both(log=log, values=collect(one), others=collect(two))
    after_good(log=log).after(one)
