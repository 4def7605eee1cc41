from datetime import date
from typing import NamedTuple

from portable_pipeline import pipeline, run, stage


class Scores(NamedTuple):
    auc: float
    rows: int


@stage(timeout="5m")
def evaluate() -> Scores:
    return Scores(0.9, 100)


@stage(timeout="5m")
def maybe() -> int | None:
    return None


@stage(timeout="5m")
def report(auc: float, rows: int, day: str, share: float) -> None:
    print(auc, rows, day, share)


@pipeline
def nightly(share: str = "0.5"):
    scores = evaluate()
    report(auc=scores, rows=maybe(), day=run.date, share=share)
    report(auc=scores.rows, rows=scores.auc, day="today", share=0.5)
