"""R1: attempts one after the other; the first success ends it; without one, retries + 1 attempts and no more."""

import time

from portable_pipeline import pipeline, stage

from recording import record


@stage(retries=3, retry_delay="0s")
def flaky(log: str, failures: int) -> int:
    attempt = record(log, "flaky")
    time.sleep(0.3)
    record(log, "flaky", "end")
    if attempt <= failures:
        raise RuntimeError(f"attempt {attempt} fails")
    return attempt


@stage
def take(log: str, attempt: int) -> None:
    record(log, "take", attempt=attempt)


@pipeline
def r1_retries(log: str, failures: int):
    take(log=log, attempt=flaky(log=log, failures=failures))
