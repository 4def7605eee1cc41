from datetime import date, timedelta
from typing import Literal

from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def train(depth: int, rate: float, since: date, mode: str, ids: list[int], grace: timedelta) -> None:
    print(depth, rate, since, mode, ids, grace)


@pipeline
def nightly(
    depth: int = 3.5,
    rate: float = None,
    since: date = "2026-13-01",
    mode: Literal["fast", "full"] = "quick",
    ids: list[int] = [1, "2"],
    grace: timedelta = timedelta(hours=1),
):
    train(depth, rate, since, mode, ids, grace)
