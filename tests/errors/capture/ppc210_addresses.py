from portable_pipeline import Dataset, Output, pipeline, stage, uri


@stage(timeout="5m")
def write(
    a: Output[Dataset] = uri("{root}/{run_date/a.csv"),
    b: Output[Dataset] = uri("{rot}/{stage}/b.csv"),
    c: Output[Dataset] = uri("{root}/{run_id}-{attempt}/c.csv"),
    d: Output[Dataset] = uri("{root}/{now}/d.csv"),
    e: Output[Dataset] = uri("{root}/{run_date:%Y}/{root!r}.csv"),
    f: Output[Dataset] = uri("{root}/{}/{0}.csv"),
    g: Output[Dataset] = uri("{root}/{{braces}}/g.csv"),
) -> None:
    print(a.path)


@pipeline
def nightly(root: str = "/tmp/nightly"):
    write()
    write(a=uri("{root}/{tabel}/a.csv"))
