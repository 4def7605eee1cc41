from portable_pipeline import Dataset, Output, pipeline, stage, uri


@stage(timeout="5m")
def ingest(table: str, raw: Output[Dataset] = uri("{root}/raw.csv")) -> None:
    open(raw.path, "w").close()


@pipeline
def nightly(root: str = "/data", table: str = "events", min_rows: int = 500):
    ingest(table)
