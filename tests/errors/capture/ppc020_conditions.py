from portable_pipeline import pipeline, run, stage


@stage(timeout="5m")
def load(table: str) -> int:
    return len(table)


@stage(timeout="5m")
def show(rows: int) -> None:
    print(rows)


@pipeline
def nightly(table: str = "events", check: bool = True):
    rows = load(table)
    if rows:
        show(rows)
    if check and not run.date:
        show(1)
    while rows:
        show(2)
    assert rows
    show(3 if load("other") else 4)
