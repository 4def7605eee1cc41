from portable_pipeline import pipeline, stage


@stage(timeout="5m", retries=3, max_delay="30s")
def ingest() -> None:
    print("ingested")


@pipeline
def nightly():
    ingest()
