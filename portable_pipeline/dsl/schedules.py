"""When a pipeline runs."""

from __future__ import annotations

from dataclasses import dataclass

from portable_pipeline.dsl.places import Place, users_place


@dataclass(frozen=True, slots=True)
class CronSchedule:
    """A cron schedule, as written.

    Args:
        place: Of the call of `cron`.
    """

    expression: str
    timezone: str
    place: Place


def cron(expression: str, *, timezone: str = "UTC") -> CronSchedule:
    """A schedule in cron's notation (D2).

    Args:
        expression: Five fields: minute, hour, day of the month, month, day of the week.
        timezone: IANA name of the zone that the fields are in.

    >>> cron("0 2 * * *", timezone="Europe/Berlin").timezone
    'Europe/Berlin'
    """
    return CronSchedule(expression, timezone, users_place())
