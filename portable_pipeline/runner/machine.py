"""The meaning of a run as a pure function: `advance(state, event) -> state, actions`.

No clock, no file, no thread, no chance. An event costs time in proportion to the stages that it changes, so a run costs
time in proportion to its stages and edges, those in loops counted once for each item.

| rule       | where it is kept                                                                      |
|------------|---------------------------------------------------------------------------------------|
| G1-G5      | a stage starts when nothing is `missing`; what ends tells its consumers, nobody else  |
| R1, R4     | an attempt that failed is followed by another while retries are left, not after Abort |
| R6         | `RunTimedOut` ends the attempts; the stages they belong to have failed                |
| F, C, M    | `plan` says what waits for what, `rules` what becomes of it, `step` passes it on      |
| M5         | a loop lets an item begin when one of those before has ended                          |
| K1         | `StageCached` ends a stage before its first attempt                                    |
| X1, X2     | hooks are called once, when a stage or the run has ended; the run waits for them      |
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portable_pipeline.instances import split_id
from portable_pipeline.ir import Pipeline
from portable_pipeline.runner.messages import (
    Action,
    AttemptFailed,
    AttemptStarted,
    AttemptSucceeded,
    BranchDecided,
    CancelRequested,
    DropAttempts,
    EndAttempts,
    Event,
    HookEnded,
    LoopCounted,
    RetryDue,
    RunTimedOut,
    StageCached,
    StageKept,
    StartAttempt,
    StartTimer,
    StopRequested,
)
from portable_pipeline.runner.persistent import PersistentTuple
from portable_pipeline.runner.planning import plan_of
from portable_pipeline.runner.states import Ending, MachineState, find
from portable_pipeline.runner.step import Step


def begin(pipeline: Pipeline) -> tuple[MachineState, tuple[Action, ...]]:
    """The first state of a run, and what to do first."""
    step = Step(MachineState(plan_of(pipeline), PersistentTuple.of(()), PersistentTuple.of(())))
    step.add_scope(0, loop=None, index=None)
    return step.taken()


def advance(state: MachineState, event: Event) -> tuple[MachineState, tuple[Action, ...]]:
    """The state after an event, and what is to be done because of it."""
    if state.phase == "over":
        return state, ()
    step = Step(state)
    _HANDLERS[type(event)](step, event)
    return step.taken()


def _stage(step: Step, id: str) -> int:
    return find(step, id, step.plan.stages[split_id(id)[0]])


def _block(step: Step, id: str) -> int:
    return find(step, id, step.plan.blocks[split_id(id)[0]])


def _attempt_started(step: Step, event: AttemptStarted) -> None:
    step.put(_stage(step, event.stage), state="running", attempts=event.attempt)


def _attempt_succeeded(step: Step, event: AttemptSucceeded) -> None:
    step.end(_stage(step, event.stage), "success")


def _attempt_failed(step: Step, event: AttemptFailed) -> None:
    number = _stage(step, event.stage)
    if step.ending:
        step.end(number, "failed" if step.ending == "failed" else "cancelled")
    elif event.final or event.attempt > step.node(step.nodes[number]).retries:
        step.end(number, "failed")
    else:
        step.put(number, state="up_for_retry")
        step.actions.append(StartTimer(event.stage, event.attempt))


def _stage_kept(step: Step, event: StageKept) -> None:
    number = _stage(step, event.stage)
    step.put(number, attempts=event.attempts, told=True)
    step.end(number, event.state)


def _stage_cached(step: Step, event: StageCached) -> None:
    step.end(_stage(step, event.stage), "success")


def _retry_due(step: Step, event: RetryDue) -> None:
    number = _stage(step, event.stage)
    status = step.nodes[number]
    if status.state == "up_for_retry":
        step.put(number, state="queued")
        step.actions.append(StartAttempt(event.stage, status.attempts + 1))


def _branch_decided(step: Step, event: BranchDecided) -> None:
    number = _block(step, event.branch)
    if event.holds is None and step.nodes[number].state == "running":
        step.failed = True
    step.end(number, "upstream_failed" if event.holds is None else "success" if event.holds else "skipped")


def _loop_counted(step: Step, event: LoopCounted) -> None:
    number = _block(step, event.loop)
    if event.items is None:
        step.failed |= step.nodes[number].state == "running"
        step.end(number, "upstream_failed")
    else:
        step.end(number, "success", event.items)


def _hook_ended(step: Step, _: HookEnded) -> None:
    step.hooks -= 1


def _end(step: Step, ending: Ending) -> None:
    if step.ending or not step.scopes[0].left:
        return
    step.ending = ending
    step.actions.append(DropAttempts())
    number = 0
    while number < len(step.nodes):  # a loop that had not been opened adds to them
        status = step.nodes[number]
        node = step.node(status)
        if status.state in ("queued", "up_for_retry") or (status.state == "running" and node.kind != "stage"):
            step.put(number, state="cancelled")
            if node.kind == "loop":
                step.open(number, 1, runs=False)
            elif node.counts:
                step.leave(status.scope)
        number += 1


def _kill(step: Step) -> None:
    if not step.killing and step.scopes[0].left:
        step.killing = True
        step.actions.append(EndAttempts())


def _run_timed_out(step: Step, _: RunTimedOut) -> None:
    _end(step, "failed")
    _kill(step)


def _stop_requested(step: Step, _: StopRequested) -> None:
    _end(step, "cancelled")


def _cancel_requested(step: Step, _: CancelRequested) -> None:
    _end(step, "cancelled")
    _kill(step)


_HANDLERS: dict[type[Event], Callable[[Step, Any], None]] = {
    AttemptStarted: _attempt_started,
    AttemptSucceeded: _attempt_succeeded,
    AttemptFailed: _attempt_failed,
    StageKept: _stage_kept,
    StageCached: _stage_cached,
    RetryDue: _retry_due,
    BranchDecided: _branch_decided,
    LoopCounted: _loop_counted,
    HookEnded: _hook_ended,
    RunTimedOut: _run_timed_out,
    StopRequested: _stop_requested,
    CancelRequested: _cancel_requested,
}
