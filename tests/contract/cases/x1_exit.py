"""X1: at the end of every run, after everything else: when it succeeded, failed, or had nothing to do at all."""

import time

from portable_pipeline import RunEvent, pipeline, stage, when

from recording import record, record_call


def sign_off(event: RunEvent) -> None:
    record_call("sign_off", event)


@stage(retries=1, retry_delay="0s")
def work(log: str, broken: bool) -> int:
    record(log, "work")
    if broken:
        raise RuntimeError("boom")
    return 1


@stage
def slow(log: str) -> None:
    record(log, "slow")
    time.sleep(1)
    record(log, "slow", "end")


@stage
def take(log: str, value: int) -> None:
    record(log, "take")


@pipeline(on_exit=sign_off)
def x1_exit(log: str, go: bool = True, broken: bool = False):
    with when(go):
        take(log, work(log, broken))
        slow(log)
