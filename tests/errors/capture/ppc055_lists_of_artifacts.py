from portable_pipeline import Dataset, Input, Output, collect, command, each, for_each, pipeline, stage, uri


@stage(timeout="5m")
def write(part: int, table: Output[Dataset]) -> None:
    open(table.path, "w").close()


@stage(timeout="5m")
def read(table: Input[Dataset]) -> None:
    print(table.path)


@stage(timeout="5m")
def join(tables: list[Input[Dataset]]) -> None:
    print(len(tables))


@stage(timeout="5m")
def split(tables: list[Output[Dataset]]) -> None:
    print(len(tables))


count = command("wc {tables.path}", name="count", timeout="5m", inputs={"tables": list[Input[Dataset]]})


@pipeline
def nightly(root: str = "/tmp/nightly"):
    one = write(1)
    join(one)
    many = write.map(part=each([1, 2]))
    read(collect(many))
    with for_each([1, 2]) as outer:
        nested = write.map(part=each([1, 2]))
        write(outer)
    join(collect(collect(nested)))
    split(collect(many))
    count(tables=collect(many))
    write(3, table=uri("{root}/{item_key}.csv"))
