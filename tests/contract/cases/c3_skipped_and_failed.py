"""C3, F1: what needs a stage that is skipped at once, and one that fails later, is `upstream_failed`."""

import time

from portable_pipeline import pipeline, stage, when

from recording import record


@stage
def inside(log: str) -> int:
    record(log, "inside")
    return 1


@stage
def breaks(log: str) -> int:
    record(log, "breaks")
    time.sleep(0.5)
    raise RuntimeError("too late")


@stage
def takes_both(log: str, one: int, two: int) -> int:
    record(log, "takes_both")
    return one + two


@stage
def after_it(log: str, value: int) -> None:
    record(log, "after_it")


@pipeline
def c3_skipped_and_failed(log: str, go: bool = False):
    with when(go):
        made = inside(log=log)
    after_it(log=log, value=takes_both(log=log, one=made, two=breaks(log=log)))
