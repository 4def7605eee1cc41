"""A1: an attempt that ends in the midst of a write leaves what was there before untouched, and nothing partial."""

import os
import signal
from typing import Literal

from portable_pipeline import Dataset, Output, pipeline, stage, uri

from recording import record


@stage
def rewrite(log: str, text: str, end: str, table: Output[Dataset] = uri("{root}/data/table.txt")) -> int:
    record(log, "rewrite")
    with open(table.path, "w") as file:
        file.write(text[: len(text) // 2])
        file.flush()
        if end == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if end == "raise":
            raise RuntimeError("half-way")
        file.write(text[len(text) // 2 :])
    # The file is whole now, the stage has yet to succeed.
    return "no int" if end == "wrong type" else len(text)  # type: ignore[return-value] # the case


@pipeline
def a1_killed(log: str, root: str, text: str, end: Literal["well", "kill", "raise", "wrong type"] = "well"):
    rewrite(log=log, text=text, end=end)
