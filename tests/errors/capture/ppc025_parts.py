from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def load(table: str) -> dict[str, int]:
    return {table: 3}


@stage(timeout="5m")
def show(rows: int) -> None:
    print(rows)


@pipeline
def nightly(limits: list[int] = [3]):
    show(load("events")["rows"])
    show(limits[0])
    show(limits[1:])
