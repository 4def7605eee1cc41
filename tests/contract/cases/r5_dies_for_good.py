"""R5: a stage whose every attempt is killed has failed, and the run with it."""

import os
import signal

from portable_pipeline import pipeline, stage

from recording import record


@stage(retries=1, retry_delay="0s")
def killed(log: str) -> None:
    record(log, "killed")
    os.kill(os.getpid(), signal.SIGKILL)


@stage
def take(log: str) -> None:
    record(log, "take")


@pipeline
def r5_dies_for_good(log: str):
    take(log=log).after(killed(log=log))
