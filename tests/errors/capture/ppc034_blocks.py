from portable_pipeline import collect, each, first_of, for_each, group, otherwise, pipeline, stage, when


@stage(timeout="5m")
def load(table: str) -> int:
    return len(table)


@stage(timeout="5m")
def show(rows: int) -> None:
    print(rows)


@pipeline
def nightly(table: str = "events", tables: list[str] = ["a"]):
    rows = load(table)
    when(rows > 3)
    if when(rows > 4):
        show(rows)
    for name in for_each(tables):
        load(name)
    with otherwise():
        show(1)
    with when(rows > 3):
        show(rows)
    show(2)
    with otherwise():
        show(3)
    with when(rows):
        show(4)
    with when("events"):
        show(5)
    with when((rows > 3) & rows):
        show(6)
    with when(table in ["events", "clicks"]):
        show(7)
    with when(2 < rows < 5):
        show(8)
    with group(3):
        show(9)
    with for_each(tables, key=2, max_parallel="2") as name:
        load(name)
    with for_each({1, object}) as thing:
        show(thing)
    with for_each(tables) as name:
        show(name.size)
    load.map(table=table)
    load(each(tables))
    show(collect(rows))
    collect(table)
    show(first_of(rows))
    show(first_of(rows, 3))
