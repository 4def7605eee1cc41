"""A timeout in a map: the attempt of one item is killed and tried again, while the other items go on."""

import os
import time

from portable_pipeline import collect, each, pipeline, stage

from recording import record


@stage(retries=1, retry_delay="0s", timeout="3s")
def train(log: str, item: str) -> str:
    attempt = record(log, f"train[{item}]")
    if item == "slow" and attempt == 1:
        record(log, f"train[{item}]", "child", pids=[os.getpid()])
        time.sleep(9)
    return f"{item} {attempt}"


@stage
def publish(log: str, models: list[str]) -> list[str]:
    record(log, "publish")
    return models


@pipeline
def combo_timeout_in_map(log: str):
    publish(log, collect(train.map(log, item=each(["quick", "slow"]))))
