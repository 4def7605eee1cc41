"""C5: `&`, `|` and `~` over results of several stages, a parameter and constants."""

from portable_pipeline import pipeline, stage, when

from recording import record


@stage
def count(value: int) -> int:
    return value


@stage
def ready(value: bool) -> bool:
    return value


@stage
def mark(log: str, which: str) -> None:
    record(log, which)


@pipeline
def c5_logic(log: str, number: int, is_ready: bool, force: bool):
    counted, good = count(value=number), ready(value=is_ready)
    with when((counted > 3) & good):
        mark(log=log, which="and")
    with when((counted > 3) | good):
        mark(log=log, which="or")
    with when(~((counted > 3) & good) & (force == False)):  # noqa: E712
        mark(log=log, which="not and")
    with when(force | ((counted > 3) & (counted <= 5) & ~good)):
        mark(log=log, which="nested")
