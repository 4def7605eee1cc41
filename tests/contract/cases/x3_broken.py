"""X3: hooks that fail, each in its way: every state is what it would be without them, and the run tells of them."""

import os
import sys

from portable_pipeline import FailureEvent, RunEvent, pipeline, stage

from recording import record, record_call


def fall_over(text: str) -> None:
    if "exit at once" in text:
        os._exit(3)
    if "sys.exit" in text:
        sys.exit("no way out")
    raise ConnectionError("no network")


def alert(event: FailureEvent) -> None:
    record_call("alert", event)
    fall_over(event.error)


def run_failed(event: RunEvent) -> None:
    record_call("run_failed", event)
    fall_over("")


def sign_off(event: RunEvent) -> None:
    record_call("sign_off", event)
    fall_over("")


@stage(on_failure=alert)
def prepare(log: str, how: str) -> int:
    record(log, "prepare")
    if how:
        raise RuntimeError(how)
    return 1


@stage
def take(log: str, value: int) -> None:
    record(log, "take")


@stage
def other(log: str) -> int:
    record(log, "other")
    return 2


@pipeline(on_failure=run_failed, on_exit=sign_off)
def x3_broken(log: str, how: str = ""):
    take(log, prepare(log, how))
    other(log)
