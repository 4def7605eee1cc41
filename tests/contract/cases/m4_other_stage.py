"""M4: of a body, what is collected is one stage: another that fails in an item does not touch it."""

from portable_pipeline import collect, for_each, pipeline, stage

from recording import record


@stage
def good(log: str, item: int) -> int:
    record(log, f"good[{item}]")
    return item


@stage
def breaks(log: str, item: int) -> int:
    record(log, f"breaks[{item}]")
    if item == 1:
        raise RuntimeError("boom")
    return item


@stage
def takes_good(log: str, values: list[int]) -> None:
    record(log, "takes_good", values=values)


@stage
def takes_both(log: str, values: list[int], others: list[int]) -> None:
    record(log, "takes_both")


@pipeline
def m4_other_stage(log: str):
    with for_each([0, 1]) as item:
        one, other = good(log=log, item=item), breaks(log=log, item=item)
    takes_good(log=log, values=collect(one))
    takes_both(log=log, values=collect(one), others=collect(other))
