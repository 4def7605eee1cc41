from portable_pipeline import Dataset, Output, pipeline, stage, uri


@stage(timeout="5m")
def ingest(table: str, raw: Output[Dataset] = uri("{root}/{run_date}/raw.csv")) -> None:
    open(raw.path, "w").close()


@pipeline
def nightly(root: str = "/data"):
    ingest("events")
    ingest("users")
