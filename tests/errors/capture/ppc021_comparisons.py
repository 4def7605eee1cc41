from portable_pipeline import pipeline, run, stage


@stage(timeout="5m")
def load(table: str) -> int:
    return len(table)


@stage(timeout="5m")
def show(many: bool, few: bool) -> None:
    print(many, few)


@pipeline
def nightly(table: str = "events", limit: int = 3):
    rows = load(table)
    if rows > limit:
        load("many")
    if table == "events" or table in ("clicks", "views"):
        load("more")
    if 3 <= rows < 10:
        load("some")
    if "e" in table:
        load("e")
    while rows != 7:
        load("again")
    show(rows > limit, (rows < 3) & ~rows.is_in([1, 2]))
