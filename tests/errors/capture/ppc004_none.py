from portable_pipeline import stage


@stage
def load() -> int:
    return 3
