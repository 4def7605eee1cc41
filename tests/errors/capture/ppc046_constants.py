from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypedDict

from portable_pipeline import pipeline, stage


@dataclass
class Window:
    start: date
    length: timedelta


class Point(NamedTuple):
    x: float
    y: float


class Options(TypedDict):
    depth: int


@stage(timeout="5m")
def window(window: Window, point: Point, options: Options) -> None:
    print(window, point, options)


@stage(timeout="5m")
def show(day: date, names: list[str]) -> None:
    print(day, names)


@pipeline
def nightly(since: date = "2026-01-05"):
    window(Window(date(2026, 1, 5), timedelta(days=7)), Point(1, 2), {"depth": 3})
    window(Window("2026-01-05", timedelta(days=7)), (1, 2), {"deep": 3})
    show("2026-01-05", ["a"])
    show(datetime(2026, 1, 5), {"a", "b"})
    show(since, [Path("a")])
    show(date(2026, 1, 5), names=object())
