from _broken import VALUE
from portable_pipeline import pipeline


@pipeline
def nightly():
    print(VALUE)
