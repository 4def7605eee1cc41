"""PPC310-313: schedules, and what scheduled runs lack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.schedules import BadCron, NeededOnSchedule, NeverFires, UnknownZone
from portable_pipeline.diagnostics.suggest import closest
from portable_pipeline.ir import Cron, Pipeline

_FIELDS = ("minute", "hour", "day of month", "month", "day of week")

# `?`, `L`, `W`, `#`, `H`, `R` are extensions: engines read them differently, or not at all.
_FIELD = re.compile(r"(\*|\w+(-\w+)?)(/\d+)?(,(\*|\w+(-\w+)?)(/\d+)?)*", re.ASCII)
_EXTENSION = re.compile(r"[?#]|\b(\d*[LW]|H|R)\b", re.IGNORECASE)

_NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}

#: From here to the end of the search lie all combinations of month lengths, leap days and weekdays.
_START = datetime(2000, 1, 1, tzinfo=timezone.utc)
_YEARS = 40


def bad_cron(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """A cron expression that is none, or that never fires."""
    if pipeline.schedule is None:
        return
    schedule = pipeline.schedule
    problem = _syntax_problem(schedule.expression)
    if problem is not None:
        reason, suggestion = problem
        yield BadCron(
            span=schedule.span or pipeline.span, expression=schedule.expression, reason=reason, suggestion=suggestion
        )
    elif not _fires(schedule.expression):
        yield NeverFires(span=schedule.span or pipeline.span, expression=schedule.expression)


def unknown_zone(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """A time zone that the IANA database does not have."""
    if pipeline.schedule is None or _is_zone(pipeline.schedule):
        return
    from zoneinfo import available_timezones  # reads a folder of some hundred files

    zone = pipeline.schedule.timezone
    known = available_timezones()
    cities = {name.rpartition("/")[2]: name for name in sorted(known, reverse=True)}
    close = closest(zone, known) or cities.get(closest(zone, cities) or "")
    suggestion = f"did you mean `{close}`?" if close else "write a name such as `Europe/Berlin` or `UTC`"
    yield UnknownZone(span=pipeline.schedule.span or pipeline.span, zone=zone, suggestion=suggestion)


def needed_on_schedule(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Parameters without a default of a pipeline with a schedule."""
    if pipeline.schedule is not None:
        for parameter in pipeline.parameters:
            if parameter.required:
                yield NeededOnSchedule(span=parameter.span, name=parameter.name)


def _is_zone(schedule: Cron) -> bool:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(schedule.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of the database
        return False
    return bool(schedule.timezone)


def _syntax_problem(expression: str) -> tuple[str, str] | None:
    """What is wrong with the expression, and what to write."""
    example = "write five fields, for example `30 2 * * 1-5`: at 2:30 from Monday to Friday"
    nickname = _NICKNAMES.get(expression.strip().lower())
    if nickname is not None:
        return "it has no fields", f"write `{nickname}`"
    fields = expression.split()
    if len(fields) != len(_FIELDS):
        return f"it has {len(fields)} fields, not five", example
    for name, field in zip(_FIELDS, fields, strict=True):
        if _EXTENSION.search(field):
            return f"`{field}` ({name}) is an extension that not every engine knows", example
        if not _FIELD.fullmatch(field):
            return f"`{field}` is no {name}", example
        if any(int(low) > int(high) for low, high in re.findall(r"(\d+)-(\d+)", field)):
            return f"`{field}` ({name}) runs backwards", example
    from croniter import CroniterError, croniter  # some 20 ms, for scheduled pipelines only

    for position, (name, field) in enumerate(zip(_FIELDS, fields, strict=True)):
        alone = ["*"] * len(_FIELDS)
        alone[position] = field
        try:
            croniter.expand(" ".join(alone))
        except (CroniterError, ValueError, KeyError, IndexError) as error:
            detail = "out of range" if "range" in str(error) else "not understood"
            return f"`{field}` ({name}) is {detail}", example
    return None


def _fires(expression: str) -> bool:
    from croniter import CroniterBadDateError, croniter

    try:
        croniter(expression, _START, max_years_between_matches=_YEARS).get_next(datetime)
    except CroniterBadDateError:
        return False
    return True
