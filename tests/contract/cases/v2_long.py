"""V2: a string of 40 KB arrives whole, as a constant and as a result."""

from portable_pipeline import pipeline, stage

from recording import record


@stage
def echo(log: str, text: str) -> str:
    record(log, "echo", text=text)
    return text[::-1]


@stage
def take(log: str, text: str) -> int:
    record(log, "take", text=text)
    return len(text)


@pipeline
def v2_long(log: str):
    take(log=log, text=echo(log=log, text="{{ ds }} é'\"\n" * 3000 + "end"))
