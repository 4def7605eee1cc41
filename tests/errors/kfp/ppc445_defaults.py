from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def train(seed: int, most: int, least: int) -> int:
    return seed % most + least


@pipeline
def nightly(seed: int = 9007199254740993, most: int = 9007199254740991, least: int = -(2**63)):
    train(seed, most, least)
