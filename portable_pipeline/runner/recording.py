"""What happens in a run, as its journal writes it down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from portable_pipeline.outcome import RunState
from portable_pipeline.runner.messages import (
    AttemptFailed,
    AttemptStarted,
    AttemptSucceeded,
    BranchDecided,
    CallHook,
    CancelRequested,
    Event,
    HookEnded,
    LoopCounted,
    Report,
    RetryDue,
    RunTimedOut,
    StageCached,
    StageKept,
    StopRequested,
)
from portable_pipeline.store import Journal


def write_event(journal: Journal, event: Event) -> None:
    """Add an event to what is committed next."""
    _WRITERS[type(event)](journal, event)


def write_state(journal: Journal, report: Report) -> None:
    """Add the new state of a stage."""
    journal.stage(report.stage, report.state, report.attempts)


def write_hook(journal: Journal, call: CallHook) -> None:
    """Add that a hook is called."""
    journal.note("hook_called", call.stage, {"hook": call.hook})


def write_wait(journal: Journal, stage: str, seconds: float) -> None:
    """Add that a stage waits before it is tried again."""
    journal.note("retry_waits", stage, {"seconds": seconds})


def write_end(journal: Journal, state: RunState, error: str | None, degraded: bool, hook_errors: Sequence[str]) -> None:
    """Add how the run has ended."""
    journal.ended(state, error, degraded=degraded, hook_errors=hook_errors)


def _attempt_started(journal: Journal, event: AttemptStarted) -> None:
    journal.attempt_started(event.stage, event.attempt)
    journal.note("attempt_started", event.stage, {"attempt": journal.number(event.stage, event.attempt)})


def _attempt_succeeded(journal: Journal, event: AttemptSucceeded) -> None:
    journal.attempt_ended(event.stage, event.attempt, "success")
    journal.returned(event.stage, event.values, event.attempt)
    journal.note("attempt_succeeded", event.stage, {"attempt": journal.number(event.stage, event.attempt)})


def _attempt_failed(journal: Journal, event: AttemptFailed) -> None:
    journal.attempt_ended(event.stage, event.attempt, "failed", event.error, event.traceback)
    journal.note("attempt_failed", event.stage, {"attempt": journal.number(event.stage, event.attempt)})


def _stage_kept(journal: Journal, event: StageKept) -> None:
    journal.note("stage_kept", event.stage, {"state": event.state})


def _stage_cached(journal: Journal, event: StageCached) -> None:
    journal.returned(event.stage, event.values, 0)
    journal.note("stage_cached", event.stage, {"run": event.origin.run, "stage": event.origin.stage})


def _branch_decided(journal: Journal, event: BranchDecided) -> None:
    journal.note("branch_decided", event.branch, {"holds": event.holds})


def _loop_counted(journal: Journal, event: LoopCounted) -> None:
    journal.note("loop_counted", event.loop, {"items": event.items})


def _hook_ended(journal: Journal, event: HookEnded) -> None:
    journal.note("hook_ended", event.hook, {"error": event.error})


def _retry_due(journal: Journal, event: RetryDue) -> None:
    journal.note("retry_due", event.stage)


def _run_timed_out(journal: Journal, _: RunTimedOut) -> None:
    journal.note("run_timed_out")


def _stop_requested(journal: Journal, _: StopRequested) -> None:
    journal.note("stop_requested")


def _cancel_requested(journal: Journal, _: CancelRequested) -> None:
    journal.note("cancel_requested")


_WRITERS: dict[type[Event], Callable[[Journal, Any], None]] = {
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
