from portable_pipeline import command, pipeline, uri

dump = command(
    "pg_dump events > /data/table.sql",
    name="dump",
    outputs={"table": uri("{root}/table.sql")},
    timeout="1m",
)


@pipeline
def nightly(root: str = "/data"):
    dump()
