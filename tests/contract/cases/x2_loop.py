"""X2: in a loop the hook is called once for each item that has failed for good, and says which one."""

from portable_pipeline import FailureEvent, for_each, pipeline, stage

from recording import record, record_call


def alert(event: FailureEvent) -> None:
    record_call("alert", event)


@stage(retries=1, retry_delay="0s", on_failure=alert)
def train(log: str, item: str) -> str:
    attempt = record(log, f"train[{item}]")
    if item.startswith("bad") or (item == "flaky" and attempt == 1):
        raise RuntimeError(f"no luck with {item}")
    return item


@stage(on_failure=alert)
def check(log: str, model: str) -> None:
    record(log, f"check[{model}]")


@pipeline
def x2_loop(log: str, items: list[str]):
    with for_each(items) as item:
        check(log, train(log, item))
