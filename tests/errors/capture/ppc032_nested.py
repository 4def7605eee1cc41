from portable_pipeline import pipeline, stage

from _other_pipeline import weekly


@stage(timeout="5m")
def load(table: str) -> int:
    return len(table)


@pipeline
def nightly():
    load("events")
    weekly()
