"""X1: also when the time of the whole run is up."""

import time

from portable_pipeline import RunEvent, pipeline, stage

from recording import record, record_call


def sign_off(event: RunEvent) -> None:
    record_call("sign_off", event)


@stage
def endless(log: str) -> int:
    record(log, "endless")
    time.sleep(25)
    record(log, "endless", "end")
    return 1


@stage
def never(log: str, value: int) -> None:
    record(log, "never")


@pipeline(timeout="8s", on_exit=sign_off)
def x1_timeout(log: str):
    never(log, endless(log))
