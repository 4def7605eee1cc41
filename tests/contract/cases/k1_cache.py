"""K1: what has succeeded with the same code and inputs is taken over, artifacts at the addresses of the run."""

from portable_pipeline import Dataset, Input, Output, pipeline, stage, uri

from recording import record_apart


@stage(cache=True)
def write(text: str, table: Output[Dataset] = uri("{root}/{run_date}/table.txt")) -> int:
    record_apart("write")
    with open(table.path, "w") as file:
        file.write(text)
    return len(text)


@stage(cache=True)
def count(table: Input[Dataset], times: int) -> int:
    record_apart("count")
    return len(open(table.path).read()) * times


@stage
def read(table: Input[Dataset], counted: int) -> str:
    record_apart("read")
    return f"{open(table.path).read()} {counted}"


@pipeline
def k1_cache(root: str, text: str, times: int):
    written = write(text=text)
    read(written.table, count(written.table, times))
