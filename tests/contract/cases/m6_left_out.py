"""M6, M2, M3: items whose stage is skipped are left out of what is collected; if all are, it is empty and taken."""

from portable_pipeline import collect, for_each, pipeline, stage, when

from recording import record


@stage
def keep(log: str, item: int) -> int:
    record(log, f"keep[{item}]")
    return item * 10


@stage
def take(log: str, kept: list[int]) -> int:
    record(log, "take", kept=kept)
    return len(kept)


@pipeline
def m6_left_out(log: str, limit: int):
    with for_each([1, 5, 2, 7]) as item, when(item > limit):
        kept = keep(log=log, item=item)
    take(log=log, kept=collect(kept))
