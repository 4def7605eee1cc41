from datetime import date

from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def train(depth: int, since: date, rates: list[float], names: dict[str, str]) -> None:
    print(depth, since, rates, names)


@pipeline
def nightly():
    train(depth=True, since=date(2026, 1, 5), rates=[0.1, 0.2, "0.3"], names={"a": "b", "c": None})
