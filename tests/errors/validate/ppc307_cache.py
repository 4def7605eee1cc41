from portable_pipeline import Dataset, Output, command, pipeline, stage, uri


@stage(timeout="5m", cache=True)
def announce(rows: int) -> None:
    print(rows)


@stage(timeout="5m", cache=True)
def load(table: Output[Dataset] = uri("/data/{run_date}/table.csv")) -> None:
    open(table.path, "w").write("a,b")


@stage(timeout="5m", cache=True)
def count() -> int:
    return 3


clean = command(["rm", "-rf", "/data/old"], name="clean", timeout="5m", cache=True)


@pipeline
def nightly():
    load()
    announce(count())
    clean()
