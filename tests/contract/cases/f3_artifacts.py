"""F3: what a consumer reads is the stand-in's artifact, and nothing of what the primary had begun to write."""

from portable_pipeline import Input, Model, Output, pipeline, stage, uri

from recording import record


@stage(retries=1, retry_delay="0s")
def train(log: str, broken: bool, model: Output[Model] = uri("{root}/new.txt")) -> str:
    record(log, "train")
    with open(model.path, "w") as file:
        file.write("half of a new model")
    if broken:
        raise RuntimeError("the other half is missing")
    return "new"


@stage
def previous(log: str, model: Output[Model] = uri("{root}/old.txt")) -> str:
    record(log, "previous")
    with open(model.path, "w") as file:
        file.write("the old model")
    return "old"


@stage
def serve(log: str, model: Input[Model], name: str) -> str:
    record(log, "serve", name=name)
    with open(model.path) as file:
        return file.read()


@pipeline
def f3_artifacts(log: str, root: str, broken: bool):
    trained = train(log, broken).or_else(previous(log))
    serve(log, trained.model, trained.result)
