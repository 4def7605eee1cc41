from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Optional, Union

from portable_pipeline import Dataset, Input, Model, Output, pipeline, stage


class Color(Enum):
    RED = 1


@dataclass
class Tree:
    children: "list[Tree]"


@stage(timeout="5m")
def many(
    path: Path,
    color: Color,
    pair: tuple[int, str],
    names: set[str],
    raw: bytes,
    either: int | str,
    by_number: dict[int, str],
    items: Sequence[int],
    tree: Tree,
    data: Dataset,
    model: Input[int],
    maybe: Optional[Union[int, Color]],
    text: str | None = None,
) -> Output[Model]:
    print(path)


@pipeline
def nightly(root: Path, data: Input[Dataset]):
    many(root, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
