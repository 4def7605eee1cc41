"""X2: code may make events, also where the pipeline has no hooks."""

from portable_pipeline import pipeline, stage

from alerting import words
from recording import record


@stage
def work(log: str) -> str:
    record(log, "work")
    return words("work")


@stage
def take(log: str, said: str) -> None:
    record(log, "take", said=said)


@pipeline
def x2_words(log: str):
    take(log, work(log))
