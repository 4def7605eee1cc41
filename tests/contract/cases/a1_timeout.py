"""A1, R3: an attempt that runs out of time in a write leaves what was there before; the next one starts afresh."""

import time

from portable_pipeline import Dataset, Output, pipeline, stage, uri

from recording import record


@stage(retries=1, retry_delay="0s", timeout="3s")
def rewrite(log: str, slow: int, text: str, table: Output[Dataset] = uri("{root}/data/table.txt")) -> int:
    attempt = record(log, "rewrite")
    with open(table.path, "a") as file:
        file.write(text[: len(text) // 2])
        file.flush()
        if attempt <= slow:
            time.sleep(6)
        file.write(text[len(text) // 2 :])
    return attempt


@pipeline
def a1_timeout(log: str, root: str, text: str, slow: int = 0):
    rewrite(log=log, slow=slow, text=text)
