"""What is collected of a stage that runs for no item, for some, or not at all because the map itself is skipped."""

from portable_pipeline import collect, for_each, pipeline, stage, when

from recording import record


@stage
def double(log: str, number: int) -> int:
    return 2 * number


@stage
def keep(log: str, number: int) -> int:
    return number


@stage
def total(log: str, kept: list[int]) -> int:
    record(log, "total", kept=kept)
    return sum(kept)


@pipeline
def combo_collect_skipped(log: str, numbers: list[int], least: int, go: bool):
    with when(go), for_each(numbers) as number:
        doubled = double(log, number)
        with when(doubled >= least):
            kept = keep(log, doubled)
    total(log, collect(kept))
