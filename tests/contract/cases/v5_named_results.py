"""V5: the named results of a stage go to different consumers, one by one and together."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from portable_pipeline import pipeline, stage

from recording import record


class Split(NamedTuple):
    train: list[int]
    test: list[int]
    seed: int


@dataclass
class Scores:
    accuracy: float
    day: date
    note: str | None = None


@stage
def split(log: str, rows: list[int]) -> Split:
    record(log, "split")
    return Split(train=rows[1:], test=rows[:1], seed=42)


@stage
def score(log: str, test: list[int], seed: int) -> Scores:
    record(log, "score", test=test, seed=seed)
    return Scores(accuracy=0.5, day=date(2026, 1, 5))


@stage
def take(log: str, accuracy: float, day: date, note: str | None, train: list[int], whole: Scores) -> None:
    record(log, "take", accuracy=accuracy, day=day, note=note, train=train, whole=whole)


@pipeline
def v5_named_results(log: str):
    parts = split(log=log, rows=[1, 2, 3])
    scores = score(log=log, test=parts.test, seed=parts.seed)
    take(log=log, accuracy=scores.accuracy, day=scores.day, note=scores.note, train=parts.train, whole=scores)
