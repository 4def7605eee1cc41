"""X2 and X1 in one pipeline: one function for two stages, one for the run's failure, one for its end."""

from portable_pipeline import FailureEvent, RunEvent, pipeline, stage

from recording import record, record_call


def alert(event: FailureEvent) -> None:
    record_call("alert", event)


def run_failed(event: RunEvent) -> None:
    record_call("run_failed", event)


def sign_off(event: RunEvent) -> None:
    record_call("sign_off", event)


@stage(on_failure=alert)
def left(log: str) -> None:
    record(log, "left")
    raise RuntimeError("no left")


@stage(on_failure=alert)
def right(log: str) -> None:
    record(log, "right")
    raise RuntimeError("no right")


@stage(on_failure=alert)
def after(log: str) -> None:
    record(log, "after")


@pipeline(on_failure=run_failed, on_exit=sign_off)
def x2_both(log: str):
    after(log).after(left(log), right(log))
