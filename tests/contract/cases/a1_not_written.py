"""A1: a stage that does not write what it declared has failed, and what was there stays."""

from portable_pipeline import Dataset, Input, Output, pipeline, stage, uri

from recording import record


@stage
def forget(log: str, wanted: bool, table: Output[Dataset] = uri("{root}/data/table.txt")) -> None:
    record(log, "forget")
    if wanted:
        with open(table.path, "w") as file:
            file.write("yesterday")


@stage
def read(log: str, table: Input[Dataset]) -> str:
    record(log, "read")
    return open(table.path).read()


@pipeline
def a1_not_written(log: str, root: str, wanted: bool):
    read(log=log, table=forget(log=log, wanted=wanted))
