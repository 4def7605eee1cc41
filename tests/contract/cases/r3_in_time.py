"""R3: a timeout bounds each attempt, not the stage: two attempts that take longer than it together are fine."""

import time

from portable_pipeline import pipeline, stage

from recording import record


@stage(retries=1, retry_delay="0s", timeout="8s")
def slow(log: str) -> int:
    attempt = record(log, "slow")
    time.sleep(4.5)
    if attempt == 1:
        raise RuntimeError("the first attempt fails")
    return attempt


@pipeline
def r3_in_time(log: str):
    slow(log=log)
