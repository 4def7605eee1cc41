"""A1: nothing stands at the URI while the stage runs, nor after a failed attempt; the second attempt starts afresh."""

import os

from portable_pipeline import Dataset, Directory, Input, Output, pipeline, stage, uri

from recording import record, tree


@stage(retries=1, retry_delay="0s")
def write(
    log: str,
    base: str,
    table: Output[Dataset] = uri("{root}/data/table.txt"),
    parts: Output[Directory] = uri("{root}/data/parts"),
) -> None:
    attempt = record(log, "write")
    found = sorted(os.listdir(parts.path)) if os.path.isdir(parts.path) else []
    record(log, "write", "found", parts=found, table=os.path.exists(table.path))
    os.makedirs(parts.path, exist_ok=True)
    for name in (f"attempt-{attempt}.txt", "both.txt"):
        with open(os.path.join(parts.path, name), "w") as file:
            file.write(f"attempt {attempt}")
    with open(table.path, "w") as file:
        file.write(f"attempt {attempt}")
    record(log, "write", "written", visible=tree(base))
    if attempt == 1:
        raise RuntimeError("all is written, and yet it fails")


@stage
def read(log: str, base: str, table: Input[Dataset], parts: Input[Directory]) -> str:
    record(log, "read", visible=tree(base))
    return open(table.path).read()


@pipeline
def a1_visible_after_success(log: str, root: str):
    written = write(log=log, base=root)
    read(log=log, base=root, table=written.table, parts=written.parts)
