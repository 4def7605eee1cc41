from portable_pipeline import pipeline


@pipeline
def nightly(table: str = "events"):
    """Nothing yet."""
