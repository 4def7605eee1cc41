from portable_pipeline import pipeline


@pipeline
def nightly():
    pass


@pipeline
def weekly():
    pass


alias = weekly
