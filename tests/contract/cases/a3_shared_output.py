"""A3: two stages would write one URI; no target compiles it."""

from portable_pipeline import Dataset, Output, pipeline, stage, uri


@stage
def one(table: Output[Dataset] = uri("{root}/{run_date}/table.txt")) -> None:
    open(table.path, "w").close()


@stage
def two(table: Output[Dataset] = uri("{root}/{run_date}/table.txt")) -> None:
    open(table.path, "w").close()


@pipeline
def a3_shared_output(root: str):
    one()
    two()
