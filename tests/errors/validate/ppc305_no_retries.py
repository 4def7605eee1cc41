from portable_pipeline import pipeline, stage


@stage(timeout="5m", backoff=2.0, max_delay="10m", jitter=0.1)
def ingest() -> None:
    print("ingested")


@pipeline
def nightly():
    ingest()
