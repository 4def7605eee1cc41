"""Fan-in: one stage called three times, its named results used one by one, one consumer of all.

The idea: values between stages keep their declared types. A dataclass arrives as that dataclass, a date as a date; a
named result (`north.total`) goes where it is needed and nothing else does.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from portable_pipeline import pipeline, run, stage


@dataclass
class Sales:
    """One region's week."""

    region: str
    total: int
    best_day: date


@stage(timeout="1m")
def week(region: str, week_of: date, daily: list[int]) -> Sales:
    """Add up one region's days."""
    best = max(range(len(daily)), key=daily.__getitem__)
    return Sales(region=region, total=sum(daily), best_day=week_of + timedelta(days=best))


@stage(timeout="1m")
def share(part: int, others: list[int]) -> float:
    """A region's share of everything, rounded to a tenth of a percent."""
    return round(part / (part + sum(others)), 3)


@stage(timeout="1m")
def summarize(north: Sales, south: Sales, east: Sales, north_share: float) -> str:
    """One line for people."""
    best = max((north, south, east), key=lambda sales: sales.total)
    return f"{best.region} leads with {best.total} (best day {best.best_day:%A}); north has {north_share:.1%}"


@stage(timeout="1m")
def others(south: int, east: int) -> list[int]:
    """The totals that are not the north's."""
    return [south, east]


@pipeline(owner="sales", tags=["example"])
def fan_in():
    """Compare three regions."""
    # Three calls are three stages: `week`, `week_2`, `week_3`.
    north = week(region="north", week_of=run.date, daily=[3, 1, 4, 1, 5, 9, 2])
    south = week(region="south", week_of=run.date, daily=[2, 7, 1, 8, 2, 8, 1])
    east = week(region="east", week_of=run.date, daily=[1, 4, 1, 4, 2, 1, 3])
    rest = others(south=south.total, east=east.total)
    summarize(north, south, east, north_share=share(part=north.total, others=rest))
