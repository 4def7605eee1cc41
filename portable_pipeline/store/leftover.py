"""A folder that nobody needs, and proof of that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from portable_pipeline.diagnostics.catalog.store import NotRemoved
from portable_pipeline.store.locks import unused
from portable_pipeline.store.removing import unreadable

#: What an attempt had written that was killed; our runtime, begun or of another version; the lock of a backfill; what a
#: session with an engine had made.
Kind = Literal["staging", "unfinished_runtime", "other_runtime", "backfill", "session"]


@dataclass(frozen=True, slots=True)
class Leftover:
    """A folder that nobody needs.

    Args:
        run: Whose attempts write there.
        problem: Why it stays all the same.
    """

    path: Path
    kind: Kind
    run: str | None = None
    problem: NotRemoved | None = None


def if_unused(leftover: Leftover, how: Callable[[Path], NotRemoved | None]) -> list[Leftover]:
    """The leftover, dealt with, unless a process holds it."""
    try:
        with unused(leftover.path) as nobody_holds_it:
            return [replace(leftover, problem=how(leftover.path))] if nobody_holds_it else []
    except FileNotFoundError:
        return []  # whoever held it has removed it
    except OSError as error:
        return [replace(leftover, problem=unreadable(leftover.path, error))]


def nothing(folder: Path) -> None:
    """Leave it as it is: a way to deal with it."""
