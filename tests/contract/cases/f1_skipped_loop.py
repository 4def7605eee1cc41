"""F1.loop, C6: a loop that is skipped, while something that its stages need fails later."""

import time

from portable_pipeline import collect, first_of, for_each, pipeline, stage, when

from recording import record


@stage
def breaks(log: str, is_broken: bool) -> int:
    record(log, "breaks")
    time.sleep(0.5)
    if is_broken:
        raise RuntimeError("too late")
    return 10


@stage
def spare(log: str) -> int:
    record(log, "spare")
    return 0


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


@stage
def ordered(log: str) -> None:
    record(log, "ordered")


@stage
def report(log: str, value: int) -> int:
    record(log, "report", value=value)
    return value


@pipeline
def f1_skipped_loop(log: str, go: bool = False, is_broken: bool = True):
    late = breaks(log=log, is_broken=is_broken)
    kept = spare(log=log)
    with when(go), for_each([0, 1]) as item:
        one = alone(log=log, item=item)
        two = further(log=log, value=needing(log=log, item=item, value=late))
    takes_alone(log=log, values=collect(one))
    summed = takes_further(log=log, values=collect(two))
    ordered(log=log).after(two)
    report(log=log, value=first_of(summed, kept))
