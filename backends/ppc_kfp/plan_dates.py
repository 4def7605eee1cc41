"""What the templates lay out of schedules and run dates."""

from __future__ import annotations

from dataclasses import dataclass

from portable_pipeline.codegen.literals import Source


@dataclass(frozen=True, slots=True)
class Fires:
    """When a cron schedule fires, field by field; `either_day` when day of month and of week are both restricted."""

    minutes: Source
    hours: Source
    days: Source
    months: Source
    weekdays: Source
    either_day: bool


@dataclass(frozen=True, slots=True)
class RunDate:
    """How the run's date and instant are resolved (D1).

    Args:
        zone: The schedule's time zone.
        fires: The schedule; None for a pipeline without one.
    """

    zone: str
    fires: Fires | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A recurring run.

    Args:
        cron: Five fields, as written.
        fields: Six fields, as KFP takes them.
        takes_run_date: Whether the pipeline has the parameter `run_date`.
        zone: In which the user wanted it to fire; KFP has UTC only.
    """

    cron: str
    fields: str
    takes_run_date: bool
    zone: str
