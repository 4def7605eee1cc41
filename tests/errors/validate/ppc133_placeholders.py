from datetime import date

from portable_pipeline import Dataset, Input, Output, command, pipeline, run, stage, uri


@stage(timeout="5m")
def ingest(table: Output[Dataset] = uri("{root}/table.csv")) -> None:
    open(table.path, "w").close()


count = command(
    ["wc", "-l", "{tabel.path}", "{table}", "{day.path}", "{day}", "{out.path}"],
    name="count",
    inputs={"table": Input[Dataset], "day": date},
    outputs={"out": uri("{root}/out.txt")},
    timeout="1m",
)


@pipeline
def nightly(root: str = "/data"):
    count(table=ingest(), day=run.date)
