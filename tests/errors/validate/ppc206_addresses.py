from portable_pipeline import Dataset, Output, pipeline, stage, uri


@stage(timeout="5m")
def ingest(
    raw: Output[Dataset] = uri("{root}/{run_date}/"),
    up: Output[Dataset] = uri("{root}/../up.csv"),
    empty: Output[Dataset] = uri(""),
    broken: Output[Dataset] = uri("{root}/a\nb"),
) -> None:
    open(raw.path, "w").close()


@pipeline
def nightly(root: str = "/data"):
    ingest()
