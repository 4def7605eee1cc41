"""D1: run date and run time are the same for all stages and all attempts of a run."""

from datetime import date, datetime

from portable_pipeline import pipeline, run, stage

from recording import record


@stage(retries=1, retry_delay="1s")
def first(log: str, day: date, instant: datetime) -> date:
    attempt = record(log, "first", day=day, instant=instant)
    if attempt == 1:
        raise RuntimeError("the second attempt sees the same date")
    return day


@stage
def second(log: str, day: date, instant: datetime, before: date) -> None:
    record(log, "second", day=day, instant=instant, before=before)


@pipeline
def d1_run_date(log: str):
    second(log=log, day=run.date, instant=run.time, before=first(log=log, day=run.date, instant=run.time))
