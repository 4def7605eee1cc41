"""A5: files and directories, under plain paths and under `file://`, behave the same; a rerun replaces the whole."""

import os

from portable_pipeline import Dataset, Directory, Input, Output, pipeline, stage, uri

from recording import record, tree


@stage
def write(
    log: str,
    names: list[str],
    table: Output[Dataset] = uri("{root}/{run_date}/table.txt"),
    parts: Output[Directory] = uri("{root}/{run_date}/parts"),
) -> None:
    record(log, "write", table=table.uri, parts=parts.uri)
    with open(table.path, "w") as file:
        file.write(" ".join(names))
    for name in names:
        path = os.path.join(parts.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(name)


@stage
def read(log: str, table: Input[Dataset], parts: Input[Directory]) -> int:
    found = tree(parts.path)
    record(log, "read", table=open(table.path).read(), parts=found)
    return len(found)


@pipeline
def a5_files_and_directories(log: str, root: str, names: list[str]):
    written = write(log=log, names=names)
    read(log=log, table=written.table, parts=written.parts)
