"""C6: a failed upstream of a predicate makes `upstream_failed` of the block, of `otherwise`, and of all within."""

from portable_pipeline import first_of, otherwise, pipeline, stage, when

from recording import record


@stage
def breaks(log: str) -> int:
    record(log, "breaks")
    raise RuntimeError("boom")


@stage
def needs_it(log: str, value: int) -> int:
    record(log, "needs_it")
    return value


@stage
def inside(log: str) -> int:
    record(log, "inside")
    return 1


@stage
def deeper(log: str) -> int:
    record(log, "deeper")
    return 1


@stage
def beside(log: str) -> int:
    record(log, "beside")
    return 2


@stage
def join(log: str, value: int) -> None:
    record(log, "join")


@stage
def free(log: str) -> None:
    record(log, "free")


@pipeline
def c6_failed_source(log: str, go: bool = True):
    with when(needs_it(log=log, value=breaks(log=log)) > 3):
        one = inside(log=log)
        with when(go):
            deeper(log=log)
    with otherwise():
        two = beside(log=log)
    join(log=log, value=first_of(one, two))
    free(log=log)
