"""What is measured, and what a contestant is: a module of this folder with `VARIANTS` and `opened`.

Standard library only, as all that runs in the peers' environment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal, Protocol, cast

#: `chain`: each stage adds one to what the one before it has returned; the last one's result is how many there are.
#: `fan`: so many stages that need nothing, each returns 1, and one that adds all of these up.
Shape = Literal["chain", "fan"]

#: Runs the pipeline once; its result.
Run = Callable[[], int]

#: Defines a pipeline of so many stages, the sum of a fan not counted; that is not measured.
Prepare = Callable[[Shape, int], Run]


@dataclass(frozen=True, slots=True)
class Facts:
    """What one has to know to compare.

    Args:
        package: Of the index; None for what is ours.
        state: Where it keeps what has happened, such that a run that was killed can be gone on with; None if nowhere.
        durable: Whether that is on disk, not in the system's cache only, before anything happens because of it.
        killable: Whether a stage runs in a process that can be killed without killing the runner.
        configured: How it was used.
    """

    package: str | None
    state: str | None
    durable: bool
    killable: bool
    configured: str


class Contestant(Protocol):
    """A module of this folder."""

    #: By name, one for each way to use it.
    VARIANTS: Mapping[str, Facts]

    def opened(self, variant: str, folder: Path) -> AbstractContextManager[Prepare]:
        """Make it ready: whatever is done once for any number of runs.

        Args:
            folder: Empty, on disk; for all that it keeps.
        """


def contestant(name: str) -> Contestant:
    """By the name of its module."""
    return cast(Contestant, import_module(f"runners.{name}"))
