from datetime import timedelta

from portable_pipeline import pipeline, run, stage


@stage(timeout="5m")
def load(rows: int) -> int:
    return rows


@pipeline
def nightly(limit: int = 3):
    rows = load(limit)
    load(rows + 1)
    load(-rows)
    load(2 * limit // 3)
    day = run.date - timedelta(days=1)
    load(round(rows))
    rows += 1
    load(rows & limit)
