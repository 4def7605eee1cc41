"""When a run takes place (D1)."""

from __future__ import annotations

from datetime import date, datetime, time, timezone, tzinfo
from zoneinfo import ZoneInfo

from portable_pipeline.ir import Pipeline
from portable_pipeline.parameters import run_date


def run_moment(pipeline: Pipeline, given: str | None, now: datetime) -> datetime:
    """The instant of a run by hand, in the schedule's zone, or in UTC when there is no schedule.

    Args:
        given: A date (its first instant in that zone), or an instant, in ISO form.
        now: Counts when nothing is given; with its offset.

    Raises:
        Refused: If it is neither.
    """
    zone: tzinfo = ZoneInfo(pipeline.schedule.timezone) if pipeline.schedule else timezone.utc
    text = run_date(given)
    if text is None:
        return now.astimezone(zone)
    if "T" not in text:
        return datetime.combine(date.fromisoformat(text), time(), zone)
    instant = datetime.fromisoformat(text)
    return instant.astimezone(zone) if instant.tzinfo else instant.replace(tzinfo=zone)
