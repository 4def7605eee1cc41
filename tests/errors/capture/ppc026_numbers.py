from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def load(rows: int) -> list[int]:
    return [rows]


@pipeline
def nightly(count: int = 3):
    load(len(load(1)))
    load(int(load(2)))
    load(float(load(3)))
    for index in range(count):
        load(index)
