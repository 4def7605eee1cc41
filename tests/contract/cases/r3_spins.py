"""R3: an attempt that spins, deaf to every signal and exception that it can refuse, is gone in time, and has failed."""

import os
import signal
import time

from portable_pipeline import pipeline, stage

from recording import record


@stage(timeout="2s")
def deaf(log: str) -> int:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    record(log, "deaf")
    record(log, "deaf", "child", pids=[os.getpid()])
    end = time.monotonic() + 10
    while True:
        try:
            while time.monotonic() < end:
                pass
            return 1
        except BaseException:
            continue


@stage
def take(log: str, value: int) -> None:
    record(log, "take")


@pipeline
def r3_spins(log: str):
    take(log=log, value=deaf(log=log))
