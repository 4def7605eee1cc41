from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def train(rates: list[float], limit: float) -> None:
    print(rates, limit)


@pipeline
def nightly(limit: float = float("nan")):
    train(rates=[0.1, float("-inf")], limit=limit)
