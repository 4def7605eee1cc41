from _failing import VALUE
from portable_pipeline import pipeline


@pipeline
def nightly():
    print(VALUE)
