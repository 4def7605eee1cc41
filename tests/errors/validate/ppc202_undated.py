from portable_pipeline import Dataset, Model, Output, cron, pipeline, stage, uri


@stage(timeout="5m")
def train(model: Output[Model] = uri("{root}/model.bin"), log: Output[Dataset] = uri("{root}/{run_date}/log")) -> None:
    open(model.path, "w").close()


@pipeline(schedule=cron("0 2 * * *"))
def nightly(root: str = "/data"):
    train()
