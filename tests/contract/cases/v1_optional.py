"""V1: an optional value arrives as None or as its type, a choice as the member, a default as itself."""

from datetime import date
from typing import Literal, Optional

from portable_pipeline import pipeline, stage

from recording import record


@stage
def maybe(log: str, give: bool) -> Optional[date]:
    record(log, f"maybe {give}")
    return date(2026, 1, 5) if give else None


@stage
def mode(log: str) -> Literal["fast", "slow"]:
    return "slow"


@stage
def take(
    log: str,
    some: date | None,
    none: date | None,
    mode: Literal["fast", "slow"],
    level: Literal[1, 2] = 2,
    names: list[str | None] | None = None,
    ratio: float = 1.0,
) -> None:
    record(log, "take", some=some, none=none, mode=mode, level=level, names=names, ratio=ratio)


@pipeline
def v1_optional(log: str):
    take(log=log, some=maybe(log=log, give=True), none=maybe(log=log, give=False), mode=mode(log=log))
