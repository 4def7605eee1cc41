from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def work() -> None:
    print("worked")


@pipeline
def nightly():
    a, b, c, d = work(), work(), work(), work()
    a >> b >> a
    c >> d
    d >> c
    b >> c
    work().after(a, d)
