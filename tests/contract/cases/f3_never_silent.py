"""F3: the alert of a primary that was saved goes out once; that of the run does not, for the run has not failed."""

from portable_pipeline import FailureEvent, RunEvent, pipeline, stage

from recording import record, record_call


def alert(event: FailureEvent) -> None:
    record_call("alert", event)


def run_failed(event: RunEvent) -> None:
    record_call("run_failed", event)


@stage(retries=1, retry_delay="0s", on_failure=alert)
def train(log: str) -> int:
    record(log, "train")
    raise RuntimeError("no model today")


@stage(on_failure=alert)
def previous(log: str, broken: bool) -> int:
    record(log, "previous")
    if broken:
        raise RuntimeError("no model ever")
    return 2


@stage(on_failure=alert)
def serve(log: str, model: int) -> int:
    record(log, "serve")
    return model


@pipeline(on_failure=run_failed)
def f3_never_silent(log: str, broken: bool):
    serve(log, train(log).or_else(previous(log, broken)))
