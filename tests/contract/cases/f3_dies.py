"""F3: however the primary has failed: killed, out of time, without a word, or because it says that it is no use."""

import os
import signal
import time

from portable_pipeline import Abort, pipeline, stage

from recording import record


@stage(retries=1, retry_delay="0s", timeout="3s")
def train(log: str, how: str) -> int:
    attempt = record(log, "train")
    if how == "abort":
        raise Abort("no use")
    if attempt == 1:
        raise RuntimeError("the first attempt fails in a plain way")
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "exits":
        os._exit(0)
    time.sleep(20)
    return 1


@stage
def previous(log: str) -> int:
    record(log, "previous")
    return 2


@stage
def serve(log: str, model: int) -> int:
    record(log, "serve")
    return model


@pipeline
def f3_dies(log: str, how: str):
    serve(log, train(log, how).or_else(previous(log)))
