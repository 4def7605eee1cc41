"""F3: the stand-in runs after the primary's last attempt only; consumers get its value, and the run is degraded."""

import time

from portable_pipeline import pipeline, stage

from recording import record


@stage
def data(log: str, fails: list[str]) -> int:
    record(log, "data")
    if "data" in fails:
        raise RuntimeError("no data")
    return 20


@stage
def archive(log: str, fails: list[str]) -> int:
    record(log, "archive")
    if "archive" in fails:
        raise RuntimeError("no archive")
    return 10


@stage(retries=1, retry_delay="0s")
def train(log: str, rows: int, fails: list[str]) -> int:
    attempt = record(log, "train")
    time.sleep(0.2)
    record(log, "train", "end")
    if "train" in fails or ("train once" in fails and attempt == 1):
        raise RuntimeError("no model today")
    return rows + 1


@stage
def previous(log: str, rows: int, fails: list[str]) -> int:
    record(log, "previous", rows=rows)
    if "previous" in fails:
        raise RuntimeError("no model ever")
    return rows + 2


@stage
def serve(log: str, model: int) -> int:
    record(log, "serve", model=model)
    return model


@stage
def announce(log: str) -> None:
    record(log, "announce")


@pipeline
def f3_fallback(log: str, fails: list[str] = []):
    trained = train(log, data(log, fails), fails).or_else(previous(log, archive(log, fails), fails))
    serve(log, trained)
    announce(log).after(trained)
