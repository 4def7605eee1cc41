from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def ingest() -> int:
    return 1


@stage
def train(rows: int) -> None:
    print(rows)


@pipeline
def nightly():
    train(ingest())
