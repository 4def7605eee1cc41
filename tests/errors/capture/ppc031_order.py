from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def load(table: str) -> int:
    return len(table)


@pipeline
def nightly(table: str = "events"):
    first, second = load(table), load("other")
    first.after(load)
    second.after(table)
    first >> [second, "third"]
    [first, second] >> load("last")
    first.after(first.rseult)
