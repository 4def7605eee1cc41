from portable_pipeline import Dataset, Output, command, for_each, pipeline, stage, uri


@stage(timeout="5m")
def write(table: Output[Dataset]) -> None:
    open(table.path, "w").close()


touch = command(["touch", "{file.path}"], name="touch", outputs={"file": "/tmp/file"}, timeout="5m")


@pipeline
def nightly(base: str = "/tmp/nightly"):
    write(table="/tmp/table.csv")
    write(table=uri("{base}/b.csv"))
    write()
    touch()
    with for_each(["a", "b"]):
        write(table="/tmp/table.csv")
