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

#: What becomes of a run that is killed, with `kill -9`, and started again. `resumes`: what has succeeded is not run
#: again, not even after a loss of power; `usually`: the same, save after a loss of power; `record`: one can look up
#: what has happened, and all is run again; `none`: nothing is known of it.
State = Literal["resumes", "usually", "record", "none"]

#: Where a stage runs: in a process of its own; in one of a pool, that many stages share one after the other; or in
#: the runner itself.
Isolation = Literal["process", "clean", "pool", "runner"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What one has to know to compare.

    Args:
        package: Of the index; None for what is ours.
        kept: What is kept of a run, and where.
        configured: How it was used.
    """

    package: str | None
    state: State
    kept: str
    isolation: Isolation
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
