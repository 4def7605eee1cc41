"""What those who watch a run are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pydantic import JsonValue

from portable_pipeline.outcome import Origin, RunOutcome, StageState


@dataclass(frozen=True, slots=True)
class RunBegan:
    """A run is about to start its first stage.

    Args:
        stages: Ids in the order of the pipeline.
        folder: Where its logs are.
    """

    pipeline: str
    run_id: str
    stages: tuple[str, ...]
    folder: Path


@dataclass(frozen=True, slots=True)
class StageChanged:
    """A stage is in another state.

    Args:
        attempt: The number of the last attempt that started; 0 before the first.
        attempts: How many there can be.
        seconds: Since its first attempt started; None before that.
        error: Of the attempt that has just failed.
        retry_seconds: The wait before the next attempt, in state `up_for_retry`.
        cached: Where it was executed, if it was not in this run.
        returned: What it returned, by name, once it has succeeded.
    """

    stage: str
    state: StageState
    attempt: int
    attempts: int
    seconds: float | None = None
    error: str | None = None
    retry_seconds: float | None = None
    cached: Origin | None = None
    returned: Mapping[str, JsonValue] = field(default_factory=dict)


class Observer(Protocol):
    """Somebody who watches a run; is called from one thread only."""

    def began(self, run: RunBegan) -> None:
        """The run begins."""

    def changed(self, change: StageChanged) -> None:
        """A stage has changed."""

    def ended(self, outcome: RunOutcome | None) -> None:
        """The run has ended, or was refused before it began; None when a bug of ours broke it off."""


class Silent:
    """Watches and says nothing."""

    def began(self, run: RunBegan) -> None:
        """Say nothing."""

    def changed(self, change: StageChanged) -> None:
        """Say nothing."""

    def ended(self, outcome: RunOutcome | None) -> None:
        """Say nothing."""
