"""F2: the run has failed if and only if a stage failed, wherever it stands; failed attempts alone are no failure."""

from portable_pipeline import pipeline, stage

from recording import record


@stage
def root_stage(log: str) -> int:
    record(log, "root_stage")
    return 1


@stage(retries=1, retry_delay="0s")
def sometimes(log: str, broken: bool, value: int) -> None:
    attempt = record(log, "sometimes")
    if broken or attempt == 1:
        raise RuntimeError("boom")


@stage
def last(log: str, value: int) -> int:
    record(log, "last")
    return value


@pipeline
def f2_run_state(log: str, broken: bool):
    value = root_stage(log=log)
    sometimes(log=log, broken=broken, value=value)
    last(log=log, value=value)
