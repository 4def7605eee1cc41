"""X2: the run's hook is called once, however many stages have failed, when all has ended; then comes the exit hook."""

import time

from portable_pipeline import RunEvent, pipeline, stage

from recording import record, record_call


def run_failed(event: RunEvent) -> None:
    record_call("run_failed", event)


@stage(retries=1, retry_delay="0s")
def work(log: str, broken: bool) -> None:
    attempt = record(log, "work")
    if broken or attempt == 1:
        raise RuntimeError("boom")


@stage
def other(log: str, broken: bool) -> None:
    record(log, "other")
    if broken:
        raise RuntimeError("bang")


@stage
def slow(log: str) -> None:
    record(log, "slow")
    time.sleep(2)
    record(log, "slow", "end")


@pipeline(on_failure=run_failed)
def x2_run(log: str, broken: bool):
    work(log, broken)
    other(log, broken)
    slow(log)
