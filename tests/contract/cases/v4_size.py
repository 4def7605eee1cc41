"""V4: 48 KiB of JSON travel, a byte more is refused with the advice to write an artifact."""

from portable_pipeline import pipeline, stage

from recording import record


@stage
def give(log: str, size: int) -> str:
    record(log, "give")
    # Two bytes are the quotes around it.
    return "x" * (size - 2)


@stage
def take(log: str, text: str) -> int:
    record(log, "take", length=len(text))
    return len(text)


@pipeline
def v4_size(log: str, size: int):
    take(log=log, text=give(log=log, size=size))
