from typing import Annotated

from portable_pipeline import Field, pipeline, stage


@stage(timeout="5m")
def train(share: float, depth: int, name: str, ids: list[int]) -> None:
    print(share, depth, name, ids)


@pipeline
def nightly(
    share: Annotated[float, Field(gt=0, lt=1)] = 1.0,
    depth: Annotated[int, Field(ge=1, multiple_of=2)] = -3,
    name: Annotated[str, Field(pattern="^[a-z]+$", max_length=8)] = "Wisconsin",
    ids: Annotated[list[int], Field(min_length=1)] = [],
):
    train(share, depth, name, ids)
