"""M5: without a bound nothing orders items. Each of two waits until it has seen the other."""

import os
import time

from portable_pipeline import each, pipeline, stage

from recording import record


@stage
def meet(log: str, mine: str, other: str) -> bool:
    record(log, f"meet[{mine}]")
    open(f"{log}.{mine}", "w").close()
    deadline = time.monotonic() + 10
    while not os.path.exists(f"{log}.{other}"):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pipeline
def m5_unbounded(log: str):
    meet.map(log=log, mine=each(["a", "b"]), other=each(["b", "a"]))
