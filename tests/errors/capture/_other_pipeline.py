from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def rest() -> None:
    print("rest")


@pipeline
def weekly():
    rest()
