from portable_pipeline import Dataset, Output, cron, pipeline, stage, uri


@stage(timeout="5m")
def ingest(
    raw: Output[Dataset] = uri("{root}/{run_date}/raw.csv"), log: Output[Dataset] = uri("logs/{run_date}.txt")
) -> None:
    open(raw.path, "w").close()


@pipeline(schedule=cron("0 2 * * *"))
def nightly(root: str = "build"):
    ingest()
