"""M7: without `{item_key}` the items would write to one address; the compiler refuses."""

from portable_pipeline import Dataset, Output, for_each, pipeline, stage, uri


@stage
def write(item: str, table: Output[Dataset] = uri("{root}/{run_date}/table.txt")) -> None:
    with open(table.path, "w") as file:
        file.write(item)


@pipeline
def m7_one_address(root: str):
    with for_each(["a", "b"]) as item:
        write(item=item)
