"""X2: a stage's hook is called once, after the last attempt; not for one that was saved by a retry or never began."""

import os
import signal
import time

from portable_pipeline import Abort, FailureEvent, pipeline, stage

from recording import record, record_call


def alert(event: FailureEvent) -> None:
    record_call("alert", event)


@stage(retries=1, retry_delay="0s", timeout="4s", on_failure=alert)
def work(log: str, how: str) -> int:
    attempt = record(log, "work")
    record(log, "work", "end")
    if how == "abort":
        raise Abort("it is no use")
    if how == "fails" or (how == "fails once" and attempt == 1):
        raise ValueError(f"attempt {attempt}: {{{{ no }}}} `luck`\nat all")
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "hangs" and attempt == 2:
        time.sleep(20)
    if how == "hangs":
        raise RuntimeError("the first attempt fails in a plain way")
    return attempt


@stage(on_failure=alert)
def take(log: str, value: int) -> None:
    record(log, "take")


@pipeline
def x2_stage(log: str, how: str):
    take(log, work(log, how))
