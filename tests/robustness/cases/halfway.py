"""A stage for each part, which writes half of its file, and the rest when it may."""

import os
import time

from portable_pipeline import Dataset, Output, for_each, pipeline, stage, uri


@stage(timeout="1m")
def parts(names: list[str]) -> list[dict[str, str]]:
    return [{"name": name} for name in names]


@stage(timeout="1m")
def write(part: dict[str, str], folder: str, table: Output[Dataset] = uri("{folder}/{item_key}/table.txt")) -> str:
    with open(table.path, "w") as file:
        file.write("half, ")
        file.flush()
        while os.path.exists(f"wait-{part['name']}"):
            time.sleep(0.02)
        file.write("and half")
    return part["name"]


@pipeline
def halfway(names: list[str], folder: str = "data"):
    with for_each(parts(names), key="name") as part:
        write(part, folder)
