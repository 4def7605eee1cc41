"""X1: what the end of a run that a stand-in saved is told, and which stages failed, those in loops by their index."""

from portable_pipeline import RunEvent, for_each, pipeline, stage

from recording import record, record_call


def sign_off(event: RunEvent) -> None:
    record_call("sign_off", event)


@stage
def train(log: str, item: str, fails: list[str]) -> str:
    record(log, f"train[{item}]")
    if item in fails:
        raise RuntimeError(f"no model of {item}")
    return item


@stage
def previous(log: str, item: str, fails: list[str]) -> str:
    record(log, f"previous[{item}]")
    if f"old {item}" in fails:
        raise RuntimeError(f"no old model of {item}")
    return f"old {item}"


@pipeline(on_exit=sign_off)
def x1_degraded(log: str, fails: list[str]):
    with for_each(["a", "b"]) as item:
        train(log, item, fails).or_else(previous(log, item, fails))
