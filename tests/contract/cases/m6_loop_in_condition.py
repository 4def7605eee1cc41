"""M6, C1: a loop in a branch: where the branch does not run, its stages and what collects are skipped."""

from portable_pipeline import collect, first_of, for_each, otherwise, pipeline, stage, when

from recording import record


@stage
def train(log: str, item: int) -> int:
    record(log, f"train[{item}]")
    return item * item


@stage
def best(log: str, values: list[int]) -> int:
    record(log, "best", values=values)
    return max(values)


@stage
def old(log: str) -> int:
    record(log, "old")
    return 0


@stage
def report(log: str, value: int) -> int:
    record(log, "report", value=value)
    return value


@pipeline
def m6_loop_in_condition(log: str, go: bool):
    with when(go):
        with for_each([1, 2, 3]) as item:
            trained = train(log=log, item=item)
        chosen = best(log=log, values=collect(trained))
    with otherwise():
        kept = old(log=log)
    report(log=log, value=first_of(chosen, kept))
