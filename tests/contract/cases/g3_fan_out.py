"""G3: one result reaches each of its consumers."""

from portable_pipeline import pipeline, stage

from recording import record


@stage
def source(log: str) -> dict[str, list[int]]:
    record(log, "source")
    return {"rows": [1, 2, 3]}


@stage
def read(log: str, name: str, rows: dict[str, list[int]]) -> int:
    record(log, name, rows=rows)
    return len(rows["rows"])


@pipeline
def g3_fan_out(log: str):
    rows = source(log=log)
    read(log=log, name="a", rows=rows)
    read(log=log, name="b", rows=rows)
    read(log=log, name="c", rows=rows)
