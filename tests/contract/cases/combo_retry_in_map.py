"""Retries and an alert in a map: each item has attempts of its own, and the alert says which one has failed."""

from portable_pipeline import FailureEvent, collect, for_each, pipeline, stage

from recording import record, record_call


def alert(event: FailureEvent) -> None:
    record_call("alert", event)


@stage(retries=2, retry_delay="0s", on_failure=alert)
def train(log: str, item: str) -> str:
    attempt = record(log, f"train[{item}]")
    if item == "flaky" and attempt < 3:
        raise RuntimeError(f"attempt {attempt} fails")
    if item == "bad":
        raise RuntimeError("always bad")
    return f"{item} {attempt}"


@stage
def publish(log: str, models: list[str]) -> list[str]:
    record(log, "publish")
    return models


@pipeline
def combo_retry_in_map(log: str, items: list[str]):
    with for_each(items) as item:
        trained = train(log, item)
    publish(log, collect(trained))
