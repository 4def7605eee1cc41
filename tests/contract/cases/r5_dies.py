"""R5: an attempt that dies without a word is a failed attempt like any other: it is tried again, and can succeed."""

import os
import signal
import sys

from portable_pipeline import pipeline, stage

from recording import record


@stage(retries=1, retry_delay="0s")
def fragile(log: str, how: str) -> int:
    attempt = record(log, "fragile")
    if attempt == 1:
        if how == "exit 3":
            os._exit(3)
        if how == "exit 0":
            # Leaves with the status of a success, and without a result.
            os._exit(0)
        if how == "sys.exit":
            sys.exit(0)
        if how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if how == "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
    return attempt


@stage
def take(log: str, attempt: int) -> None:
    record(log, "take", attempt=attempt)


@pipeline
def r5_dies(log: str, how: str):
    take(log=log, attempt=fragile(log=log, how=how))
