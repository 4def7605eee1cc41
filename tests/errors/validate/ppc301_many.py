from portable_pipeline import pipeline, stage


@stage
def work() -> None:
    print("worked")


@pipeline
def nightly():
    for _ in range(5):
        work()
    work()
    work()
