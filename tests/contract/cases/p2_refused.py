"""P2: a missing, ill-typed or out-of-range parameter is refused before any stage starts."""

from datetime import date
from typing import Annotated, Literal

from portable_pipeline import Field, pipeline, stage

from recording import record


@stage
def independent(log: str) -> None:
    record(log, "independent")


@stage
def take(log: str, count: int, day: date, mode: str, share: float, names: list[str]) -> None:
    record(log, "take")


@pipeline
def p2_refused(
    log: str,
    count: int,
    day: date = date(2026, 1, 5),
    mode: Literal["fast", "slow"] = "fast",
    share: Annotated[float, Field(ge=0, lt=1)] = 0.5,
    names: list[str] = ["a"],
):
    independent(log=log)
    take(log=log, count=count, day=day, mode=mode, share=share, names=names)
