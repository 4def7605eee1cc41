"""When a schedule fires, and what the clock skips of that when it goes forward."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

from portable_pipeline.ir.pipeline import Cron

#: Long enough to meet a change of clocks on each day of the week; not the years to come, so that the same pipeline has
#: the same diagnostics tomorrow.
_BEGIN, _END = datetime(2026, 1, 1, tzinfo=timezone.utc), datetime(2037, 1, 1, tzinfo=timezone.utc)
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


def fire_times(schedule: Cron, first: date, last: date) -> Iterator[datetime]:
    """The instants at which a schedule fires on some days, in its zone, the earliest first (D2).

    A fire time that the clock skips is the first instant after the gap; one that it shows twice is the first of the
    two.

    Args:
        schedule: Valid by `validate`.
        first: The first day, as the schedule's zone has it.
        last: The last day.
    """
    from croniter import croniter

    zone = ZoneInfo(schedule.timezone)
    shown = croniter(schedule.expression, datetime.combine(first, time()) - _MINUTE, max_years_between_matches=40)
    before: datetime | None = None
    while (fire := shown.get_next(datetime)).date() <= last:
        instant = _existing(fire, zone)
        if before is None or instant > before:
            yield instant
            before = instant


def _existing(shown: datetime, zone: ZoneInfo) -> datetime:
    """What the clock shows as an instant; the first one after it where the clock skips it."""
    instant = shown.replace(tzinfo=zone)
    there = instant.astimezone(timezone.utc).astimezone(zone)
    if there.replace(tzinfo=None) == shown:
        return instant
    offset = instant.utcoffset()
    assert offset is not None
    # With the offset of before the gap the time lies after it, by as much as it lies in it.
    begin = (shown - offset).replace(tzinfo=timezone.utc) - _DAY
    return _change(begin, zone).astimezone(zone)


def skipped_fire_time(schedule: Cron) -> datetime | None:
    """The first fire time, as the clock would show it, that does not exist in the schedule's zone.

    Args:
        schedule: Valid by `validate`.
    """
    return _skipped_fire_time(schedule.expression, schedule.timezone)


@cache
def _skipped_fire_time(expression: str, zone: str) -> datetime | None:
    from croniter import croniter  # some 20 ms, for scheduled pipelines only

    for last, first in _gaps(ZoneInfo(zone)):
        fire: datetime = croniter(expression, last - _MINUTE, max_years_between_matches=40).get_next(datetime)
        if fire < first:
            return fire
    return None


def _gaps(zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """What the clock shows where it goes forward: the first time that it skips, and the first that it shows again."""
    day = _BEGIN
    while day < _END:
        if _offset(day + _DAY, zone) > _offset(day, zone):
            change = _change(day, zone)
            naive = change.replace(tzinfo=None)
            yield naive + _offset(change - _MINUTE, zone), naive + _offset(change, zone)
        day += _DAY


def _change(day: datetime, zone: ZoneInfo) -> datetime:
    """The first minute, within a day, of the greater offset."""
    before, after = 0, 24 * 60
    while after - before > 1:
        middle = (before + after) // 2
        is_before = _offset(day + middle * _MINUTE, zone) == _offset(day, zone)
        before, after = (middle, after) if is_before else (before, middle)
    return day + after * _MINUTE


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    return offset
