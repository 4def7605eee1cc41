"""Rows of the database as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue

from portable_pipeline.outcome import Origin


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run.

    Args:
        source: The pipeline's file, as the user named it.
        parameters: JSON values by name, defaults included.
        moment: The run's instant (D1), in ISO form with its offset.
        state: As in the semantics, or `interrupted`: its process is gone without having ended it.
        created: Seconds since the epoch, as all times here.
        sessions: How often it was begun or resumed.
    """

    id: str
    pipeline: str
    source: str
    parameters: Mapping[str, JsonValue]
    moment: str
    state: str
    created: float
    ended: float | None = None
    error: str | None = None
    degraded: bool = False
    hook_errors: tuple[str, ...] = ()
    sessions: int = 1

    @property
    def seconds(self) -> float | None:
        """How long it took, waits between its sessions included; None while it has not ended."""
        return None if self.ended is None else max(self.ended - self.created, 0.0)


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """An attempt.

    Args:
        number: From 1, over all sessions of the run.
        session: Of the run, from 1.
        state: `running`, `success`, `failed` or `cancelled`.
        traceback: Of the user's own code, where the attempt raised.
    """

    stage: str
    number: int
    session: int
    state: str
    began: float
    ended: float | None = None
    error: str | None = None
    traceback: str | None = None


@dataclass(frozen=True, slots=True)
class ArtifactRecord:
    """An artifact that a stage has committed; `size` in bytes."""

    stage: str
    name: str
    uri: str
    kind: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class StageRecord:
    """A stage of a run.

    Args:
        id: In a loop with the index, `train[0]`.
        attempts: How many started, over all sessions.
        returned: All that it returned, by name: its result under `result`, references of artifacts.
        cached: Where it was executed, if it was not in this run.
    """

    id: str
    state: str
    attempts: int = 0
    returned: Mapping[str, Any] = field(default_factory=dict)
    cached: Origin | None = None
