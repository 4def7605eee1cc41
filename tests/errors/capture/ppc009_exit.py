import sys

from portable_pipeline import pipeline


@pipeline
def nightly():
    sys.exit(3)
