"""The meaning of a run as a pure function: `advance(state, event) -> state, actions`.

No clock, no file, no thread, no chance. An event costs time in proportion to the stages that it changes, so a run costs
time in proportion to its stages and edges.

| rule   | where it is kept                                                                  |
|--------|-----------------------------------------------------------------------------------|
| G1, G3 | a stage starts when `missing`, its upstream that has not succeeded yet, is down to 0 |
| G5, F1 | a failure passes on to transitive consumers and to nothing else                    |
| R1, R4 | an attempt that failed is followed by another while retries are left, not after Abort |
| R6     | `RunTimedOut` ends the attempts; the stages they belong to have failed             |
| F2     | the run has failed if and only if a stage has, or its time was up                  |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from portable_pipeline.ir import Pipeline
from portable_pipeline.ir.graph import downstream, upstream
from portable_pipeline.outcome import RunState, StageState
from portable_pipeline.runner.messages import (
    Action,
    AttemptFailed,
    AttemptStarted,
    AttemptSucceeded,
    CancelRequested,
    EndAttempts,
    Event,
    FinishRun,
    Report,
    RetryDue,
    RunTimedOut,
    StartAttempt,
    StartTimer,
)
from portable_pipeline.runner.persistent import PersistentTuple

ENDED: frozenset[StageState] = frozenset({"success", "failed", "skipped", "upstream_failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class StageStatus:
    """Where a stage is.

    Args:
        attempts: How many have started.
        missing: How many of its upstream have not succeeded.
    """

    state: StageState
    attempts: int
    missing: int


@dataclass(frozen=True, slots=True)
class Graph:
    """What of a pipeline decides the order of things; the same for all states of a run."""

    ids: tuple[str, ...]
    index: Mapping[str, int]
    consumers: tuple[tuple[int, ...], ...]
    retries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MachineState:
    """A run at one moment.

    Args:
        stages: In the order of `graph.ids`.
        unfinished: How many stages have not ended.
        failed: Whether a stage has failed.
        ending: What the run will have been, once it was told to end.
    """

    graph: Graph
    stages: PersistentTuple[StageStatus]
    unfinished: int
    failed: bool = False
    ending: RunState | None = None

    def status(self, stage: str) -> StageStatus:
        """Where that stage is."""
        return self.stages[self.graph.index[stage]]


def begin(pipeline: Pipeline) -> tuple[MachineState, tuple[Action, ...]]:
    """The first state of a run, and what to do first."""
    ids = tuple(stage.id for stage in pipeline.stages)
    index = {id: place for place, id in enumerate(ids)}
    consumers = tuple(tuple(index[each] for each in found) for found in downstream(pipeline).values())
    retries = tuple(stage.retry.retries for stage in pipeline.stages)
    stages = tuple(StageStatus("queued", attempts=0, missing=len(upstream(stage))) for stage in pipeline.stages)
    state = MachineState(Graph(ids, index, consumers, retries), PersistentTuple.of(stages), len(ids))
    step = _Step(state)
    step.actions += [StartAttempt(id, 1) for id, stage in zip(ids, stages, strict=True) if not stage.missing]
    return step.taken()


def advance(state: MachineState, event: Event) -> tuple[MachineState, tuple[Action, ...]]:
    """The state after an event, and what is to be done because of it."""
    if not state.unfinished:
        return state, ()
    step = _Step(state)
    _HANDLERS[type(event)](step, event)
    return step.taken()


class _Step:
    """One transition while it is worked out; nobody else ever sees it."""

    def __init__(self, state: MachineState) -> None:
        self.graph = state.graph
        self.stages = state.stages
        self.unfinished = state.unfinished
        self.failed = state.failed
        self.ending = state.ending
        self.actions: list[Action] = []

    def taken(self) -> tuple[MachineState, tuple[Action, ...]]:
        if not self.unfinished:
            self.actions.append(FinishRun(self.ending or ("failed" if self.failed else "success")))
        return MachineState(self.graph, self.stages, self.unfinished, self.failed, self.ending), tuple(self.actions)

    def place(self, stage: str) -> int:
        return self.graph.index[stage]

    def put(self, place: int, state: StageState, **changed: int) -> None:
        self.stages = self.stages.put(place, replace(self.stages[place], state=state, **changed))
        self.unfinished -= state in ENDED
        self.actions.append(Report(self.graph.ids[place], state))


def _attempt_started(step: _Step, event: AttemptStarted) -> None:
    step.put(step.place(event.stage), "running", attempts=event.attempt)


def _attempt_succeeded(step: _Step, event: AttemptSucceeded) -> None:
    place = step.place(event.stage)
    step.put(place, "success")
    for consumer in step.graph.consumers[place]:
        status = step.stages[consumer]
        if status.state != "queued":
            continue  # another upstream has failed, or the run is being ended
        step.stages = step.stages.put(consumer, replace(status, missing=status.missing - 1))
        if status.missing == 1:
            step.actions.append(StartAttempt(step.graph.ids[consumer], 1))


def _attempt_failed(step: _Step, event: AttemptFailed) -> None:
    place = step.place(event.stage)
    if step.ending:
        step.put(place, step.ending)
    elif event.final or event.attempt > step.graph.retries[place]:
        step.put(place, "failed")
        step.failed = True
        _pass_failure_on(step, place)
    else:
        step.put(place, "up_for_retry")
        step.actions.append(StartTimer(event.stage, event.attempt))


def _pass_failure_on(step: _Step, place: int) -> None:
    unvisited = [place]
    while unvisited:
        for consumer in step.graph.consumers[unvisited.pop()]:
            if step.stages[consumer].state == "queued":
                step.put(consumer, "upstream_failed")
                unvisited.append(consumer)


def _retry_due(step: _Step, event: RetryDue) -> None:
    place = step.place(event.stage)
    status = step.stages[place]
    if status.state == "up_for_retry":
        step.put(place, "queued")
        step.actions.append(StartAttempt(event.stage, status.attempts + 1))


def _end(step: _Step, ending: RunState) -> None:
    if step.ending:
        return
    step.ending = ending
    for place, status in enumerate(step.stages):
        if status.state in ("queued", "up_for_retry"):
            step.put(place, "cancelled")
    step.actions.append(EndAttempts())


def _run_timed_out(step: _Step, _: RunTimedOut) -> None:
    _end(step, "failed")


def _cancel_requested(step: _Step, _: CancelRequested) -> None:
    _end(step, "cancelled")


_HANDLERS: dict[type[Event], Callable[[_Step, Any], None]] = {
    AttemptStarted: _attempt_started,
    AttemptSucceeded: _attempt_succeeded,
    AttemptFailed: _attempt_failed,
    RetryDue: _retry_due,
    RunTimedOut: _run_timed_out,
    CancelRequested: _cancel_requested,
}
