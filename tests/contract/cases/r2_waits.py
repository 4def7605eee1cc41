"""R2: the waits between attempts grow by the factor up to the cap (1, 2, 2 s; uncapped 1, 10, 100 s)."""

from portable_pipeline import pipeline, stage

from recording import record


@stage(retries=3, retry_delay="1s", backoff=10.0, max_delay="2s")
def flaky(log: str) -> int:
    attempt = record(log, "flaky")
    if attempt <= 3:
        record(log, "flaky", "end")
        raise RuntimeError(f"attempt {attempt} fails")
    return attempt


@pipeline
def r2_waits(log: str):
    flaky(log=log)
