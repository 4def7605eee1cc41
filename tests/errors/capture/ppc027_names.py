from typing import NamedTuple

from portable_pipeline import Input, Model, Output, pipeline, stage, uri


class Scores(NamedTuple):
    auc: float
    accuracy: float


@stage(timeout="5m")
def train(model: Output[Model] = uri("{root}/model.bin")) -> Scores:
    open(model.path, "w").close()
    return Scores(0.9, 0.8)


@stage(timeout="5m")
def deploy(model: Input[Model], auc: float) -> None:
    print(model.path, auc)


@pipeline
def nightly(root: str = "/tmp/nightly"):
    trained = train()
    deploy(trained.modle, trained.acu)
    deploy(trained.model, trained.auc).aftre(trained)
    deploy(trained.model.path, trained.result.acuracy)
    deploy(trained, trained.result.auc)
