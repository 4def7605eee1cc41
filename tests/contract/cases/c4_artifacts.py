"""C4, A4: a join of artifacts takes the one that was written."""

from portable_pipeline import Dataset, Input, Output, first_of, otherwise, pipeline, stage, uri, when

from recording import record


@stage
def decide(log: str, fresh: bool) -> bool:
    record(log, "decide")
    return fresh


@stage
def build(log: str, table: Output[Dataset] = uri("{root}/built.txt")) -> None:
    record(log, "build")
    with open(table.path, "w") as file:
        file.write("built")


@stage
def restore(log: str, table: Output[Dataset] = uri("{root}/restored.txt")) -> None:
    record(log, "restore")
    with open(table.path, "w") as file:
        file.write("restored")


@stage
def use(log: str, table: Input[Dataset]) -> str:
    with open(table.path) as file:
        text = file.read()
    record(log, "use", text=text)
    return text


@pipeline
def c4_artifacts(log: str, root: str, fresh: bool):
    with when(decide(log=log, fresh=fresh)):
        built = build(log=log)
    with otherwise():
        restored = restore(log=log)
    use(log=log, table=first_of(built.table, restored.table))
