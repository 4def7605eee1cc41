from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def load(table: str) -> int:
    return len(table)


def table_of(names: dict[str, str]) -> str:
    return names["events"]


@pipeline
def nightly():
    load(table_of({"clicks": "c"}))
