from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def train(text: str, ids: list[int]) -> None:
    print(text, ids)


@pipeline
def nightly(text: str = "ä" * 25_000):
    train(text=text, ids=list(range(10_000)))
