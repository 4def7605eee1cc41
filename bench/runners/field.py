"""Who is compared, and in which environment each one lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Ours, or that of the peers.
Home = Literal["ours", "peers"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A contestant in one way to use it.

    Args:
        label: For people.
    """

    label: str
    module: str
    variant: str
    home: Home


#: By the name that `--only` takes; `ours` and `floor` are what all others are held against.
FIELD = {
    "ours": Entry("ppc", "ours", "api", "ours"),
    "ours-command": Entry("`ppc run`, whole process", "ours", "command", "ours"),
    "floor": Entry("the floor", "floor", "pool", "ours"),
}
