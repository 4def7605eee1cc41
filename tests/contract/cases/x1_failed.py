"""X1: the end of the run knows which stages have failed for good, and no others."""

from portable_pipeline import RunEvent, pipeline, stage

from recording import record, record_call


def sign_off(event: RunEvent) -> None:
    record_call("sign_off", event)


@stage(retries=1, retry_delay="0s")
def flaky(log: str) -> int:
    if record(log, "flaky") == 1:
        raise RuntimeError("only once")
    return 1


@stage
def breaks(log: str, broken: bool, value: int) -> int:
    record(log, "breaks")
    if broken:
        raise RuntimeError("boom")
    return value


@stage
def breaks_too(log: str, broken: bool) -> int:
    record(log, "breaks_too")
    if broken:
        raise RuntimeError("bang")
    return 2


@stage
def take(log: str, left: int, right: int) -> int:
    record(log, "take")
    return left + right


@pipeline(on_exit=sign_off)
def x1_failed(log: str, broken: bool):
    take(log, breaks(log, broken, flaky(log)), breaks_too(log, broken))
