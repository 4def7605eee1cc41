from portable_pipeline import Dataset, Input, Output, pipeline, run, stage, uri


@stage(timeout="5m")
def split(
    train: Output[Dataset] = uri("{root}/train.csv"),
    test: Output[Dataset] = uri("{root}/test.csv"),
) -> None:
    for each in (train, test):
        open(each.path, "w").close()


@stage(timeout="5m")
def count() -> int:
    return 3


@stage(timeout="5m")
def read(data: Input[Dataset]) -> None:
    print(data.path)


@stage(timeout="5m")
def show(rows: int) -> None:
    print(rows)


@pipeline
def nightly(root: str = "/tmp/nightly"):
    read(split())
    read(count())
    show(split())
    read("/tmp/data.csv")
    read(show(3))
