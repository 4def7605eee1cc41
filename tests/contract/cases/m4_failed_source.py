"""M4: the source of a loop fails; nothing of the loop starts, and what needs it does not either."""

from portable_pipeline import collect, for_each, pipeline, stage

from recording import record


@stage
def find(log: str) -> list[int]:
    record(log, "find")
    raise RuntimeError("boom")


@stage
def train(log: str, item: int) -> int:
    record(log, "train")
    return item


@stage
def check(log: str, value: int) -> int:
    record(log, "check")
    return value


@stage
def take(log: str, values: list[int]) -> None:
    record(log, "take")


@stage
def free(log: str) -> None:
    record(log, "free")


@pipeline
def m4_failed_source(log: str):
    with for_each(find(log=log)) as item:
        checked = check(log=log, value=train(log=log, item=item))
    take(log=log, values=collect(checked))
    free(log=log)
