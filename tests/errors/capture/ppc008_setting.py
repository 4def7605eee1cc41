from portable_pipeline import pipeline, stage


@stage(retires=3)
def load() -> int:
    return 3


@pipeline
def nightly():
    load()
