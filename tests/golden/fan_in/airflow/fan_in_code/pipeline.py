"""Stage code of examples/fan_in/pipeline.py."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass
class Sales:
    """One region's week."""

    region: str
    total: int
    best_day: date


def week(region: str, week_of: date, daily: list[int]) -> Sales:
    """Add up one region's days."""
    best = max(range(len(daily)), key=daily.__getitem__)
    return Sales(region=region, total=sum(daily), best_day=week_of + timedelta(days=best))


def share(part: int, others: list[int]) -> float:
    """A region's share of everything, rounded to a tenth of a percent."""
    return round(part / (part + sum(others)), 3)


def summarize(north: Sales, south: Sales, east: Sales, north_share: float) -> str:
    """One line for people."""
    best = max((north, south, east), key=lambda sales: sales.total)
    return f"{best.region} leads with {best.total} (best day {best.best_day:%A}); north has {north_share:.1%}"


def others(south: int, east: int) -> list[int]:
    """The totals that are not the north's."""
    return [south, east]
