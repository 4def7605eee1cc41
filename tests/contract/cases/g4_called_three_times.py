"""G4: a stage called three times is three stages with stable ids, each with its own arguments and outputs."""

from portable_pipeline import Dataset, Input, Output, pipeline, stage, uri

from recording import record


@stage
def train(log: str, depth: int, model: Output[Dataset] = uri("{root}/{stage}/model.txt")) -> int:
    record(log, f"train {depth}", uri=model.uri)
    with open(model.path, "w") as file:
        file.write(f"depth {depth}")
    return depth


@stage
def compare(log: str, a: Input[Dataset], b: Input[Dataset], c: Input[Dataset], depths: int) -> str:
    texts = [open(each.path).read() for each in (a, b, c)]
    record(log, "compare", texts=texts, depths=depths)
    return ", ".join(texts)


@pipeline
def g4_called_three_times(log: str, root: str):
    small = train(log=log, depth=1)
    medium = train(log=log, depth=2)
    large = train(log=log, depth=3)
    compare(log=log, a=large.model, b=small.model, c=medium.model, depths=medium.result)
