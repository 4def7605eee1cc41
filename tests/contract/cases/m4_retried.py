"""M4, R1: an item that fails at first and succeeds then has not failed."""

from portable_pipeline import collect, for_each, pipeline, stage

from recording import record


@stage(retries=2, retry_delay="0s")
def flaky(log: str, item: str, failures: int) -> str:
    if record(log, f"flaky[{item}]") <= failures and item == "b":
        raise RuntimeError("not yet")
    return item


@stage
def take(log: str, items: list[str]) -> None:
    record(log, "take", items=items)


@pipeline
def m4_retried(log: str, failures: int):
    with for_each(["a", "b", "c"]) as item:
        done = flaky(log=log, item=item, failures=failures)
    take(log=log, items=collect(done))
