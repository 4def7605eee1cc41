from pathlib import Path

from portable_pipeline import pipeline, run, stage


@stage(timeout="5m")
def load(table: str) -> str:
    return table


@pipeline
def nightly(root: str = "/tmp", table: str = "events"):
    load(f"{table}-{run.date}")
    load("{}.csv".format(table))
    load(str(load("a")))
    load("%s.csv" % table)
    load(Path(root).name)
    print(f"reading {table!r}")  # for people: allowed
