from portable_pipeline import cron, pipeline, stage


@stage(timeout="5m")
def ingest() -> None:
    print("ingested")


@pipeline(schedule=cron("H 2 * * *"))
def nightly():
    ingest()
