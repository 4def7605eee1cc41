"""R2.jitter: jitter adds to the wait, it never shortens it."""

from portable_pipeline import pipeline, stage

from recording import record


@stage(retries=5, retry_delay="4s", jitter=1.0)
def flaky(log: str) -> int:
    attempt = record(log, "flaky")
    if attempt <= 5:
        record(log, "flaky", "end")
        raise RuntimeError(f"attempt {attempt} fails")
    return attempt


@pipeline
def r2_jitter(log: str):
    flaky(log=log)
