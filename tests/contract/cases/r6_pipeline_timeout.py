"""R6: a pipeline timeout kills the running attempt, cancels the rest, and the run has failed."""

import os
import time

from portable_pipeline import pipeline, stage

from recording import record


@stage
def quick(log: str) -> int:
    record(log, "quick")
    return 1


@stage
def endless(log: str, value: int) -> int:
    record(log, "endless")
    record(log, "endless", "child", pids=[os.getpid()])
    time.sleep(18)
    record(log, "endless", "end")
    return value


@stage
def never(log: str, value: int) -> None:
    record(log, "never")


@stage(retries=1, retry_delay="30s")
def again(log: str) -> None:
    record(log, "again")
    raise RuntimeError("its second attempt would come after the end")


@pipeline(timeout="12s")
def r6_pipeline_timeout(log: str):
    again(log=log)
    never(log=log, value=endless(log=log, value=quick(log=log)))
