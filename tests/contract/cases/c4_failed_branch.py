"""C4: a branch that fails is no branch that was not taken: the join does not run, and the run has failed."""

from portable_pipeline import first_of, otherwise, pipeline, stage, when

from recording import record


@stage
def prepare(log: str, broken: bool) -> int:
    record(log, "prepare")
    if broken:
        raise RuntimeError("boom")
    return 1


@stage
def high(log: str, value: int) -> int:
    record(log, "high")
    return value


@stage
def low(log: str) -> int:
    record(log, "low")
    return 2


@stage
def report(log: str, chosen: int) -> None:
    record(log, "report", chosen=chosen)


@pipeline
def c4_failed_branch(log: str, take_high: bool, broken: bool):
    with when(take_high):
        one = high(log=log, value=prepare(log=log, broken=broken))
    with otherwise():
        two = low(log=log)
    report(log=log, chosen=first_of(one, two))
