from portable_pipeline import pipeline, run, stage


@stage(timeout="5m")
def load(table: str) -> int:
    return len(table)


@pipeline
def nightly(table: str = "events"):
    rows = load(table)
    rows()
    table.upper()
    run.date("2026-01-05")
    run.date.isoformat()
