"""X2: hooks that live in a module of their own are told like any others."""

from portable_pipeline import pipeline, stage

from alerting import alert, sign_off
from recording import record


@stage(on_failure=alert)
def work(log: str) -> int:
    record(log, "work")
    raise ValueError("no luck")


@pipeline(on_exit=sign_off)
def x2_apart(log: str):
    work(log)
