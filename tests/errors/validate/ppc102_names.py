from portable_pipeline import Dataset, Output, pipeline, stage, uri


@stage(timeout="5m", name="größe messen")
def measure(table: Output[Dataset] = uri("{root}/table.csv")) -> int:
    open(table.path, "w").close()
    return 1


@stage(timeout="5m", name="class")
def classify(count: int) -> None:
    print(count)


@pipeline(name="nightly report")
def nightly(root: str = "/data"):
    classify(measure().result)
