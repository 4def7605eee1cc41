"""A4: between producer and consumer someone touches the file; the consumer does not start on it."""

import os

from portable_pipeline import Dataset, Input, Output, pipeline, stage, uri

from recording import record


@stage
def write(log: str, table: Output[Dataset] = uri("{root}/data/table.txt")) -> str:
    record(log, "write")
    with open(table.path, "w") as file:
        file.write("today's rows")
    return table.uri


@stage
def touch(log: str, path: str, how: str) -> None:
    record(log, "touch")
    if how == "remove":
        os.remove(path)
    if how == "change":
        # As long as before, and with the old times: only the content tells.
        times = os.stat(path)
        with open(path, "w") as file:
            file.write("other rows!!")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    if how == "rewrite":
        with open(path, "w") as file:
            file.write("today's rows")


@stage
def read(log: str, table: Input[Dataset]) -> str:
    text = open(table.path).read()
    record(log, "read", text=text)
    return text


@pipeline
def a4_exactly_that(log: str, root: str, how: str):
    written = write(log=log)
    read(log=log, table=written.table).after(touch(log=log, path=written.result, how=how))
