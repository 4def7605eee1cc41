"""C1, C2: a parameter alone decides, before any stage has run."""

from portable_pipeline import otherwise, pipeline, stage, when

from recording import record


@stage
def dry(log: str) -> str:
    record(log, "dry")
    return "dry"


@stage
def real(log: str) -> str:
    record(log, "real")
    return "real"


@pipeline
def c1_parameter(log: str, is_dry: bool = True):
    with when(is_dry):
        dry(log=log)
    with otherwise():
        real(log=log)
