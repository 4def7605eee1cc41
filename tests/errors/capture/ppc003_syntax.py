from portable_pipeline import pipeline


@pipeline
def nightly(:
    pass
