"""C5: numbers beyond floats, dates, durations, None, bools and fields of records are compared as what they are."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from portable_pipeline import pipeline, stage, when

from recording import record


@dataclass
class Report:
    day: date
    took: timedelta
    note: str | None
    best: int | None
    count: int
    is_final: bool
    days: list[date]


@stage
def make(note: str | None, best: int | None) -> Report:
    return Report(
        date(2026, 1, 5), timedelta(minutes=90), note, best, 2**53 + 1, False, [date(2026, 1, 5), date(2026, 2, 1)]
    )


@stage
def instant() -> datetime:
    return datetime(2026, 1, 5, 12, tzinfo=timezone(timedelta(hours=2)))


@stage
def mark(log: str, which: str) -> None:
    record(log, which)


@pipeline
def c5_types(log: str, day: date, note: str | None = None, best: int | None = None):
    made = make(note=note, best=best)
    with when(made.day < day):
        mark(log=log, which="earlier")
    with when(made.day == date(2026, 1, 5)):
        mark(log=log, which="the fifth")
    with when(made.took > timedelta(seconds=9)):
        mark(log=log, which="long")
    with when(instant() == datetime(2026, 1, 5, 10, tzinfo=timezone.utc)):
        mark(log=log, which="the same instant")
    with when((made.note == None) & (made.best != None)):  # noqa: E711
        mark(log=log, which="no note, but a best")
    with when(made.best == 3):
        mark(log=log, which="best is 3")
    # Equal as floats, as Python does not compare them.
    with when((made.count > 2.0**53) & (made.count == 2**53 + 1)):
        mark(log=log, which="beyond floats")
    with when(~made.is_final):
        mark(log=log, which="not final")
    with when(made.day.is_in(made.days)):
        mark(log=log, which="one of the days")
