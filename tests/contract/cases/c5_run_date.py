"""C5, D1: the date of the run decides."""

from datetime import date

from portable_pipeline import otherwise, pipeline, run, stage, when

from recording import record


@stage
def before(log: str) -> None:
    record(log, "before")


@stage
def since(log: str) -> None:
    record(log, "since")


@pipeline
def c5_run_date(log: str, last: date = date(2026, 3, 9)):
    with when((run.date >= date(2026, 1, 10)) & (run.date <= last)):
        since(log=log)
    with otherwise():
        before(log=log)
