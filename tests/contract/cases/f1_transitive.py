"""F1: all that needs a failed stage, by data or by order, directly or not, is `upstream_failed` and never starts."""

from portable_pipeline import pipeline, stage

from recording import record


@stage
def breaks(log: str) -> int:
    record(log, "breaks")
    raise RuntimeError("boom")


@stage
def needs_data(log: str, value: int) -> int:
    record(log, "needs_data")
    return value


@stage
def needs_order(log: str) -> None:
    record(log, "needs_order")


@stage
def far(log: str, value: int) -> None:
    record(log, "far")


@stage
def works(log: str) -> int:
    record(log, "works")
    return 1


@pipeline
def f1_transitive(log: str):
    broken = breaks(log=log)
    fine = works(log=log)
    near = needs_data(log=log, value=broken)
    ordered = needs_order(log=log).after(near)
    far(log=log, value=fine).after(ordered)
