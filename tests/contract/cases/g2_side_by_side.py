"""G2: nothing orders two independent stages. Each waits until it has seen the other, so only both at once can end."""

import os
import time

from portable_pipeline import pipeline, stage

from recording import record


def wait_for(path: str) -> bool:
    deadline = time.monotonic() + 10
    while not os.path.exists(path):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@stage
def left(log: str) -> bool:
    record(log, "left")
    open(log + ".left", "w").close()
    return wait_for(log + ".right")


@stage
def right(log: str) -> bool:
    record(log, "right")
    open(log + ".right", "w").close()
    return wait_for(log + ".left")


@pipeline
def g2_side_by_side(log: str):
    left(log=log)
    right(log=log)
