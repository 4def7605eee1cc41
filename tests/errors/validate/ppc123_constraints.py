from typing import Annotated

from portable_pipeline import Field, pipeline, stage


@stage(timeout="5m")
def train(share: float, depth: int, name: str, flag: bool) -> None:
    print(share, depth, name, flag)


@pipeline
def nightly(
    share: Annotated[float, Field(gt=1, lt=1)] = 1.0,
    depth: Annotated[int, Field(min_length=3)] = 3,
    name: Annotated[str, Field(pattern="[a-z")] = "x",
    flag: Annotated[bool, Field(ge=0)] = True,
):
    train(share, depth, name, flag)
