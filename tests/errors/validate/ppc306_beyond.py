from portable_pipeline import pipeline, stage


@stage(timeout="3h")
def train() -> None:
    print("trained")


@stage(timeout="5m", retries=10, retry_delay="1m", backoff=2.0)
def ingest() -> None:
    print("ingested")


@pipeline(timeout="2h")
def nightly():
    ingest() >> train()
