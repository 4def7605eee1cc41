from portable_pipeline import Dataset, Input, Output, command, pipeline, stage, uri


@stage(timeout="5m")
def load(table: str, limit: int = 3, *, quick: bool = False) -> int:
    return len(table)


count = command(["wc", "-l", "{data.path}"], name="count", inputs={"data": Input[Dataset]}, timeout="5m")


@pipeline
def nightly(table: str = "events"):
    load(tabel=table)
    load()
    load(table, 1, True)
    load(table, table="clicks")
    load(
        table,
        limit=2,
        fast=True,
    )
    count()
    load(load)
    load(table, limit=[load("a")])
