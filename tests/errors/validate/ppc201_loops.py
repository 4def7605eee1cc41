from portable_pipeline import Dataset, Output, each, for_each, pipeline, stage, uri


@stage(timeout="5m")
def write(part: int, table: Output[Dataset] = uri("{root}/{run_date}/{item_key}.csv")) -> None:
    open(table.path, "w").close()


@stage(timeout="5m")
def total(table: Output[Dataset] = uri("{root}/{run_date}/total.csv")) -> None:
    open(table.path, "w").close()


@pipeline
def nightly(root: str = "/tmp/nightly"):
    write.map(part=each([1, 2]))
    write.map(part=each([3, 4]), table=uri("{root}/{run_date}/{item_key}.csv"))
    write.map(part=each([5, 6]), table=uri("{root}/{run_date}/more/{item_key}.csv"))
    with for_each([7, 8]) as part:
        write(part, table=uri("{root}/{run_date}/both/{item_key}/a.csv"))
        write(part, table=uri("{root}/{run_date}/both/{item_key}/b.csv"))
        write(part, table=uri("{root}/{run_date}/both/{item_key}"))
    total()
