from datetime import date

from portable_pipeline import Dataset, Output, pipeline, stage, uri


@stage(timeout="5m")
def sample(
    table: Output[Dataset] = uri("{root}/{share}/{since}/{number}.csv"),
    more: Output[Dataset] = uri("{root}/{region}/more.csv"),
) -> None:
    open(table.path, "w").close()


@pipeline
def nightly(
    root: str = "/data", share: float = 0.1, since: date = date(2026, 1, 5), number: int = 3, region: str | None = None
):
    sample()
