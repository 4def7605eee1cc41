"""Fire times of a schedule that the clock skips when it goes forward."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

from portable_pipeline.ir.pipeline import Cron

#: Long enough to meet a change of clocks on each day of the week; not the years to come, so that the same pipeline has
#: the same diagnostics tomorrow.
_BEGIN, _END = datetime(2026, 1, 1, tzinfo=timezone.utc), datetime(2037, 1, 1, tzinfo=timezone.utc)
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


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
