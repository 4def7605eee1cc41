"""M3, M4: a stage that is only ordered behind a loop waits for all its items, and needs none."""

from portable_pipeline import for_each, pipeline, stage

from recording import record


@stage
def body(log: str, item: int, bad: int) -> None:
    record(log, "body")
    if item == bad:
        raise RuntimeError("boom")


@stage
def last(log: str) -> None:
    record(log, "last")


@pipeline
def m3_after(log: str, items: list[int], bad: int = 0):
    with for_each(items) as item:
        done = body(log=log, item=item, bad=bad)
    last(log=log).after(done)
