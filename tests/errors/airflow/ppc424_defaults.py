from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def count(rows: list[list[dict[str, int]]], kept: list[dict[str, int] | None], named: dict[str, list]) -> int:
    return len(rows) + len(kept) + len(named)


@pipeline
def nightly(
    rows: list[list[dict[str, int]]] = [[], [{"a": 1}]],
    kept: list[dict[str, int] | None] = [{"a": 1}, None],
    named: dict[str, list] = {"rows": [[{"a": 1}]]},
):
    count(rows, kept, named)
