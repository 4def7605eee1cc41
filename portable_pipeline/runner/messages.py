"""What the state machine hears and what it wants done: all that ever crosses its border.

The events of a run, in order, are its whole history: played to the machine again they give the same state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from portable_pipeline.outcome import RunState, StageState


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """An attempt has been given a process; `attempt` counts from 1."""

    stage: str
    attempt: int


@dataclass(frozen=True, slots=True)
class AttemptSucceeded:
    """An attempt has ended well, its artifacts committed.

    Args:
        values: Its result under `result`, record fields and references of artifacts by name.
    """

    stage: str
    attempt: int
    values: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """An attempt has ended in any other way.

    Args:
        error: What happened, for people.
        final: Whether the stage asked for no further attempt (R4).
    """

    stage: str
    attempt: int
    error: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class RetryDue:
    """The wait before a stage's next attempt is over."""

    stage: str


@dataclass(frozen=True, slots=True)
class RunTimedOut:
    """The time of the whole run is up (R6)."""


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """Somebody wants the run to end."""


Event = AttemptStarted | AttemptSucceeded | AttemptFailed | RetryDue | RunTimedOut | CancelRequested


@dataclass(frozen=True, slots=True)
class StartAttempt:
    """Start an attempt as soon as there is room; `attempt` counts from 1."""

    stage: str
    attempt: int


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Say `RetryDue` when the wait before the k-th retry is over; `retry` counts from 1."""

    stage: str
    retry: int


@dataclass(frozen=True, slots=True)
class Report:
    """Tell those who watch that a stage is in this state now."""

    stage: str
    state: StageState


@dataclass(frozen=True, slots=True)
class EndAttempts:
    """Kill the attempts that run, and start none of those that wait for room."""


@dataclass(frozen=True, slots=True)
class FinishRun:
    """Nothing is left to do."""

    state: RunState


Action = Report | StartAttempt | StartTimer | EndAttempts | FinishRun
