"""G1: order without data, with `.after` and with `>>`, against the order in which the stages are written."""

import time

from portable_pipeline import pipeline, stage

from recording import record


@stage
def late(log: str) -> None:
    record(log, "late")


@stage
def middle(log: str) -> None:
    record(log, "middle")
    time.sleep(0.5)
    record(log, "middle", "end")


@stage
def early(log: str) -> None:
    record(log, "early")
    time.sleep(1)
    record(log, "early", "end")


@pipeline
def g1_after(log: str):
    end = late(log=log)
    between = middle(log=log)
    begin = early(log=log)
    between >> end
    between.after(begin)
