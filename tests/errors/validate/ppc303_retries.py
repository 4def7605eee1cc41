from portable_pipeline import pipeline, stage


@stage(timeout="5m", retries=-1)
def less() -> None:
    print("less")


@stage(timeout="5m", retries=1000, backoff=0.5, jitter=1.5)
def more() -> None:
    print("more")


@pipeline
def nightly():
    less()
    more()
