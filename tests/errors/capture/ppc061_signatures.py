from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def load(table, limit: "Limit", *rest: int, **options: int):
    return len(table)


@stage(timeout="5m")
def show(rows: int, /) -> None:
    print(rows)


@pipeline
def nightly(table, *rest: str):
    show(load(table, 3))
