"""V1: dataclasses, named tuples and typed dicts, nested in each other and in containers, arrive as themselves."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypedDict

from portable_pipeline import pipeline, stage

from recording import record


@dataclass(frozen=True)
class Point:
    x: int
    y: float = 0.0


class Box(NamedTuple):
    low: Point
    high: Point
    label: str = "box"


class Row(TypedDict):
    day: date
    boxes: list[Box]


@dataclass
class Report:
    rows: list[Row]
    by_name: dict[str, Point]
    best: Point | None = None
    notes: list[str] = field(default_factory=list)


@stage
def make(log: str, origin: Point) -> Report:
    record(log, "make", origin=origin)
    box = Box(low=origin, high=Point(x=9, y=9.0))
    return Report(rows=[Row(day=date(2026, 1, 5), boxes=[box])], by_name={"1": origin, "b": Point(x=2)}, best=None)


@stage
def boxes(log: str, report: Report) -> list[Box]:
    record(log, "boxes", report=report)
    return report.rows[0]["boxes"]


@stage
def take(log: str, report: Report, boxes: list[Box]) -> Row:
    record(log, "take", report=report, boxes=boxes)
    return report.rows[0]


@stage
def last(log: str, row: Row) -> None:
    record(log, "last", row=row)


@pipeline
def v1_records(log: str):
    report = make(log=log, origin=Point(x=1, y=2.0))
    last(log=log, row=take(log=log, report=report, boxes=boxes(log=log, report=report)))
