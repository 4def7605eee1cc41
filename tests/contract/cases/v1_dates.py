"""V1: dates, instants with and without zone, and durations arrive as such, as constants and as results."""

from datetime import date, datetime, timedelta, timezone

from portable_pipeline import pipeline, stage

from recording import record


@stage
def day(log: str, given: date) -> date:
    record(log, "day", given=given)
    return given + timedelta(days=1)


@stage
def instant(log: str, given: datetime) -> datetime:
    record(log, "instant", given=given)
    return given + timedelta(microseconds=1)


@stage
def local(log: str, given: datetime) -> datetime:
    record(log, "local", given=given)
    return given


@stage
def span(log: str, given: timedelta) -> timedelta:
    record(log, "span", given=given)
    return -given


@stage
def take(log: str, a_day: date, an_instant: datetime, a_local: datetime, a_span: timedelta) -> list[date]:
    record(log, "take", day=a_day, instant=an_instant, local=a_local, span=a_span)
    return [a_day]


@pipeline
def v1_dates(log: str):
    take(
        log=log,
        a_day=day(log=log, given=date(2024, 2, 29)),
        an_instant=instant(
            log=log, given=datetime(2026, 3, 29, 1, 59, 59, 999999, tzinfo=timezone(timedelta(hours=-3.5)))
        ),
        a_local=local(log=log, given=datetime(1999, 12, 31)),
        a_span=span(log=log, given=timedelta(days=400, milliseconds=1)),
    )
