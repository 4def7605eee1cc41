from portable_pipeline import Artifact, Dataset, Directory, Input, Model, Output, pipeline, stage


@stage(timeout="5m")
def ingest(table: Output[Dataset], anything: Output[Artifact]) -> None:
    open(table.path, "w").close()


@stage(timeout="5m")
def train(table: Input[Model], parts: Input[Directory], other: Input[Artifact], more: Input[Dataset]) -> None:
    print(table.path)


@pipeline
def nightly(root: str = "/data"):
    raw = ingest()
    train(raw.table, raw.table, raw.table, raw.anything)
