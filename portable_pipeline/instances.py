"""The names of what is there once an item: `train[0]`, in a loop in a loop `train[0][1]`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

Path = tuple[int, ...]


def instance_id(name: str, path: Sequence[int]) -> str:
    """The id of a stage or block for one item.

    Args:
        path: Indices of the items, the outermost loop's first.

    >>> instance_id("train", (0, 1)), instance_id("train", ())
    ('train[0][1]', 'train')
    """
    return name + "".join(f"[{index}]" for index in path) if path else name


@lru_cache(maxsize=256)  # what happens to a stage happens in a row
def split_id(id: str) -> tuple[str, Path]:
    """What `instance_id` was made of.

    >>> split_id("train[0][1]")
    ('train', (0, 1))
    """
    if "[" not in id:
        return id, ()
    name, *indices = id.replace("]", "").split("[")
    return name, tuple(map(int, indices))
