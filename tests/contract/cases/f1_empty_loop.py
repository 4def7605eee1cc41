"""F1.loop: what collects from a loop without items does not start if something that its stages need has failed."""

import time

from portable_pipeline import collect, for_each, pipeline, stage

from recording import record


@stage
def breaks(log: str, is_broken: bool) -> int:
    record(log, "breaks")
    time.sleep(0.5)
    if is_broken:
        raise RuntimeError("too late")
    return 10


@stage
def alone(log: str, item: int) -> int:
    record(log, f"alone[{item}]")
    return item


@stage
def needing(log: str, item: int, value: int) -> int:
    record(log, f"needing[{item}]", value=value)
    return item + value


@stage
def further(log: str, value: int) -> int:
    record(log, f"further[{value}]")
    return value


@stage
def takes_alone(log: str, values: list[int]) -> int:
    record(log, "takes_alone", values=values)
    return sum(values)


@stage
def takes_further(log: str, values: list[int]) -> int:
    record(log, "takes_further", values=values)
    return sum(values)


@pipeline
def f1_empty_loop(log: str, items: list[int], is_broken: bool = True):
    late = breaks(log=log, is_broken=is_broken)
    with for_each(items) as item:
        one = alone(log=log, item=item)
        two = further(log=log, value=needing(log=log, item=item, value=late))
    takes_alone(log=log, values=collect(one))
    takes_further(log=log, values=collect(two))
