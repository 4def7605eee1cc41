import no_such_package_at_all
from portable_pipeline import pipeline


@pipeline
def nightly():
    pass
