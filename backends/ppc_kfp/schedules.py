"""Cron schedules as KFP takes them, and as the component reads them that finds a run's fire time."""

from __future__ import annotations

from portable_pipeline.codegen.literals import Source, literal
from portable_pipeline.ir import Pipeline
from ppc_kfp.plan_dates import Fires, Schedule

_RANGES = (range(60), range(24), range(1, 32), range(1, 13), range(7))


def schedule(pipeline: Pipeline, *, takes_run_date: bool) -> Schedule | None:
    """The recurring run of a pipeline that has a schedule."""
    cron = pipeline.schedule
    if cron is None:
        return None
    return Schedule(cron.expression, kfp_fields(cron.expression), takes_run_date, cron.timezone)


def kfp_fields(expression: str) -> str:
    """Six fields, seconds first; Sunday is 0, as KFP's parser knows no 7."""
    *others, weekday = expression.split()
    if "7" in weekday:
        weekday = ",".join(str(day) for day in sorted({int(each) for each in _expanded(expression)[4]}))
    return " ".join(["0", *others, weekday])


def fires(expression: str) -> Fires:
    """All values of each field."""
    fields = _expanded(expression)
    minutes, hours, days, months, weekdays = (
        _values(found, every) for found, every in zip(fields, _RANGES, strict=True)
    )
    both = fields[2] != ["*"] and fields[4] != ["*"]
    return Fires(minutes, hours, days, months, weekdays, either_day=both)


def _expanded(expression: str) -> list[list[int | str]]:
    from croniter import croniter

    return [list(field) for field in croniter.expand(expression)[0]]


def _values(found: list[int | str], every: range) -> Source:
    if found == ["*"]:
        return Source(f"range({every.start}, {every.stop})" if every.start else f"range({every.stop})")
    return literal(tuple(sorted({int(each) for each in found})))
