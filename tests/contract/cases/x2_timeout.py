"""X2.timeout: what the run's own timeout ends has failed, and somebody is told."""

import time

from portable_pipeline import FailureEvent, pipeline, stage

from recording import record, record_call


def alert(event: FailureEvent) -> None:
    record_call("alert", event)


@stage(on_failure=alert)
def endless(log: str) -> int:
    record(log, "endless")
    time.sleep(20)
    return 1


@stage(on_failure=alert)
def never(log: str, value: int) -> None:
    record(log, "never")


@pipeline(timeout="8s")
def x2_timeout(log: str):
    never(log, endless(log))
