"""A3: two templates that give one address for some parameter; no target compiles it."""

from portable_pipeline import Dataset, Output, pipeline, stage, uri


@stage
def one(table: Output[Dataset] = uri("{root}/{region}/table.txt")) -> None:
    open(table.path, "w").close()


@stage
def two(table: Output[Dataset] = uri("{root}/north/table.txt")) -> None:
    open(table.path, "w").close()


@pipeline
def a3_overlapping_output(root: str, region: str):
    one()
    two()
