"""V1: plain JSON values, as constants and as results, arrive as what they are."""

from typing import Any

from portable_pipeline import pipeline, stage

from recording import record


@stage
def give(
    log: str, flag: bool, count: int, ratio: float, nothing: None, names: list[str], table: dict[str, int]
) -> dict[str, Any]:
    record(log, "give", flag=flag, count=count, ratio=ratio, nothing=nothing, names=names, table=table)
    return {
        "flag": True,
        "count": 1,
        "ratio": 1.0,
        "nothing": None,
        "nested": [{"a": [1, 1.0, "1", True, None]}],
        "": {},
    }


@stage
def integer(log: str) -> int:
    return -7


@stage
def real(log: str) -> float:
    return 2.0


@stage
def yes(log: str) -> bool:
    return True


@stage
def words(log: str) -> list[str]:
    return ["1", "true", "null", "", "x"]


@stage
def take(log: str, anything: dict[str, Any], count: int, ratio: float, flag: bool, names: list[str]) -> None:
    record(log, "take", anything=anything, count=count, ratio=ratio, flag=flag, names=names)


@pipeline
def v1_plain_values(log: str):
    anything = give(
        log=log, flag=False, count=0, ratio=1.0, nothing=None, names=[], table={"1": 1, "true": 2, "": 3, "a b": 4}
    )
    take(
        log=log, anything=anything, count=integer(log=log), ratio=real(log=log), flag=yes(log=log), names=words(log=log)
    )
