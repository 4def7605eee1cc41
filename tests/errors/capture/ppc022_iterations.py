from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def load(table: str) -> list[int]:
    return [len(table)]


@stage(timeout="5m")
def show(rows: int) -> None:
    print(rows)


@pipeline
def nightly(tables: list[str] = ["events"]):
    for table in tables:
        load(table)
    rows = [show(each) for each in load("a")]
    first, second = load("b")
    show(first)
    show(*load("c"))
