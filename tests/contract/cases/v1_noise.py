"""V1: what a stage prints, however much and in whatever bytes, does not disturb its result."""

import logging
import os
import subprocess
import sys

from portable_pipeline import pipeline, stage

from recording import record


@stage
def noisy(log: str) -> dict[str, str]:
    record(log, "noisy")
    os.write(1, b"\xff\xfe no UTF-8 \x00\x1b[2J\n" * 3)
    print('{"result": "not this", "values": {}}')
    print("{{ ds }} %s {} \N{SNAKE}", file=sys.stderr)
    subprocess.run([sys.executable, "-c", "print('{\"result\": 1}' * 5000)"], check=True)
    print("x" * 300_000)
    logging.getLogger("stage").error("an error that is only logged")
    sys.stdout.write("no newline at the end")
    return {"result": "this"}


@stage
def take(log: str, given: dict[str, str]) -> None:
    record(log, "take", given=given)


@pipeline
def v1_noise(log: str):
    take(log=log, given=noisy(log=log))
