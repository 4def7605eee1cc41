"""C6: a stage in a branch fails, and the predicate of a branch within needs it; a stage before it is not touched."""

from portable_pipeline import otherwise, pipeline, stage, when

from recording import record


@stage
def first(log: str) -> int:
    record(log, "first")
    return 1


@stage
def breaks(log: str, value: int) -> int:
    record(log, "breaks")
    raise RuntimeError("boom")


@stage
def yes(log: str) -> None:
    record(log, "yes")


@stage
def no(log: str) -> None:
    record(log, "no")


@stage
def other(log: str) -> None:
    record(log, "other")


@pipeline
def c6_failed_inside(log: str, go: bool):
    with when(go):
        broken = breaks(log=log, value=first(log=log))
        with when(broken > 0):
            yes(log=log)
        with otherwise():
            no(log=log)
    with otherwise():
        other(log=log)
