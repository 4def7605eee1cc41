"""P1, P3: parameters of every type, with and without defaults, arrive typed whether given or not."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Optional

from portable_pipeline import Field, pipeline, stage

from recording import record


@stage
def take(
    log: str,
    count: int,
    ratio: float,
    text: str,
    flag: bool,
    day: date,
    instant: datetime,
    span: timedelta,
    names: list[str],
    weights: dict[str, float],
    days: list[date],
    mode: Literal["fast", "slow"],
    maybe: Optional[int],
) -> None:
    record(
        log,
        "take",
        count=count,
        ratio=ratio,
        text=text,
        flag=flag,
        day=day,
        instant=instant,
        span=span,
        names=names,
        weights=weights,
        days=days,
        mode=mode,
        maybe=maybe,
    )


@pipeline
def p1_parameters(
    log: str,
    count: int,
    ratio: Annotated[float, Field(ge=0, le=10)] = 1.0,
    text: str = "",
    flag: bool = True,
    day: date = date(2026, 1, 5),
    instant: datetime = datetime.fromisoformat("2026-01-05T12:30:00+01:00"),
    span: timedelta = timedelta(minutes=90),
    names: list[str] = ["a", "b"],
    weights: dict[str, float] = {"a": 1.0},
    days: list[date] = [date(2026, 1, 1)],
    mode: Literal["fast", "slow"] = "fast",
    maybe: Optional[int] = None,
):
    take(
        log=log,
        count=count,
        ratio=ratio,
        text=text,
        flag=flag,
        day=day,
        instant=instant,
        span=span,
        names=names,
        weights=weights,
        days=days,
        mode=mode,
        maybe=maybe,
    )
