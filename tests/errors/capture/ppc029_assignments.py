from portable_pipeline import pipeline, run, stage


@stage(timeout="5m")
def load(table: str) -> dict[str, int]:
    return {table: 3}


@pipeline
def nightly(table: str = "events"):
    rows = load(table)
    rows["other"] = 4
    rows.timeout = "5m"
    table.name = "clicks"
