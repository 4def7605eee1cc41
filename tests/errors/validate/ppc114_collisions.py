from typing import NamedTuple

from portable_pipeline import Metrics, Output, pipeline, stage


class Scores(NamedTuple):
    result: float
    report: str


@stage(timeout="5m")
def evaluate(report: Output[Metrics], result: Output[Metrics]) -> Scores:
    return Scores(0.9, "fine")


@pipeline
def nightly(root: str = "/data/nightly"):
    evaluate()
