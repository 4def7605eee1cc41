"""X3: a hook that does not come to an end is ended, and has failed; nothing else has."""

import subprocess
import time

from portable_pipeline import FailureEvent, RunEvent, pipeline, stage

from recording import record, record_call


@stage(timeout="2s")
def alert(event: FailureEvent) -> None:
    record_call("alert", event)
    subprocess.run(["sleep", "300"])


@stage(timeout="1.5s")
def run_failed(event: RunEvent) -> None:
    record_call("run_failed", event)
    while True:
        pass


@stage(timeout="3s")
def sign_off(event: RunEvent) -> None:
    record_call("sign_off", event)
    time.sleep(300)


@stage(on_failure=alert)
def work(log: str) -> None:
    record(log, "work")
    raise RuntimeError("boom")


@pipeline(on_failure=run_failed, on_exit=sign_off)
def x3_hangs(log: str):
    work(log)
