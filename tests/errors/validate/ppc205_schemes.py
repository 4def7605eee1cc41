from portable_pipeline import Dataset, Output, pipeline, stage, uri


@stage(timeout="5m")
def ingest(
    raw: Output[Dataset] = uri("{root}/raw.csv"),
    copy: Output[Dataset] = uri("gs://bucket/{run_date}/copy.csv"),
    local: Output[Dataset] = uri("file://data/local.csv"),
) -> None:
    open(raw.path, "w").close()


@pipeline
def nightly(root: str = "s3://bucket"):
    ingest()
