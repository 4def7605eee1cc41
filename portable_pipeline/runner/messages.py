"""What the state machine hears and what it wants done: all that ever crosses its border.

The events of a run, in order, are its whole history: played to the machine again they give the same state.

What is in a loop is named with the index of the item: `train[0]`. The machine sees no values: whether a predicate holds
and how many items there are, it is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from portable_pipeline.outcome import Origin, RunState, StageState


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
        traceback: Of the stage's own code, where it raised.
    """

    stage: str
    attempt: int
    error: str
    final: bool = False
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class StageKept:
    """A stage needs no attempt: how it ended is known from before.

    Args:
        state: `failed` only where its stand-in is kept as well.
        attempts: How many it took then.
        values: As those of `AttemptSucceeded`.
        cached: Where it was executed, if the earlier session has taken it over itself.
    """

    stage: str
    state: Literal["success", "failed"]
    attempts: int
    values: Mapping[str, JsonValue]
    cached: Origin | None = None


@dataclass(frozen=True, slots=True)
class StageCached:
    """A stage needs no attempt: another run has had the same to do, and what it left has been proven (K1).

    Args:
        values: As those of `AttemptSucceeded`; references of artifacts are at this run's addresses.
    """

    stage: str
    origin: Origin
    values: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class RetryDue:
    """The wait before a stage's next attempt is over."""

    stage: str


@dataclass(frozen=True, slots=True)
class BranchDecided:
    """A predicate has been evaluated; `holds` is None where that was not possible."""

    branch: str
    holds: bool | None


@dataclass(frozen=True, slots=True)
class LoopCounted:
    """It is known how many items a loop has; `items` is None where what it runs over is no list."""

    loop: str
    items: int | None


@dataclass(frozen=True, slots=True)
class HookEnded:
    """A hook that was to be called is over.

    Args:
        hook: As people know it: "on_exit", "on_failure of train".
        error: What happened if it has failed; that changes nothing (X3).
    """

    hook: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class RunTimedOut:
    """The time of the whole run is up (R6)."""


@dataclass(frozen=True, slots=True)
class StopRequested:
    """Somebody wants the run to end as soon as the attempts have that run."""


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """Somebody wants the run to end at once."""


Event = (
    AttemptStarted
    | AttemptSucceeded
    | AttemptFailed
    | StageKept
    | StageCached
    | RetryDue
    | BranchDecided
    | LoopCounted
    | HookEnded
    | RunTimedOut
    | StopRequested
    | CancelRequested
)


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
class DecideBranch:
    """Evaluate a branch's predicate and say `BranchDecided`: all that it compares is there."""

    branch: str


@dataclass(frozen=True, slots=True)
class CountLoop:
    """Find out how many items a loop has and say `LoopCounted`: all that it runs over is there."""

    loop: str


@dataclass(frozen=True, slots=True)
class CallHook:
    """Call a hook, whatever else happens, and say `HookEnded` when it is over.

    Args:
        hook: Which one of the pipeline's; `on_failure` is that of the stage if there is one.
    """

    hook: Literal["on_failure", "on_exit"]
    stage: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Tell those who watch that a stage is in this state now.

    Args:
        attempts: How many have started.
    """

    stage: str
    state: StageState
    attempts: int


@dataclass(frozen=True, slots=True)
class DropAttempts:
    """Start none of the attempts that wait for room."""


@dataclass(frozen=True, slots=True)
class EndAttempts:
    """Kill the attempts that run."""


@dataclass(frozen=True, slots=True)
class FinishRun:
    """Nothing is left to do."""

    state: RunState


Action = (
    Report | StartAttempt | StartTimer | DecideBranch | CountLoop | CallHook | DropAttempts | EndAttempts | FinishRun
)
