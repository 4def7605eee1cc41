from portable_pipeline import cron, pipeline, stage


@stage(timeout="5m")
def ingest(table: str) -> None:
    print(table)


@pipeline(schedule=cron("0 2 * * *"))
def nightly(table: str):
    ingest(table)
