"""The effects of a run: attempts, waits and interrupts become events, and what the machine wants is done."""

from __future__ import annotations

import heapq
import queue
import random
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from portable_pipeline.instances import split_id
from portable_pipeline.ir import Branch, Loop, Pipeline, Stage
from portable_pipeline.outcome import RunOutcome, RunState, StageOutcome
from portable_pipeline.runner.bindings import Bindings, RunValues
from portable_pipeline.runner.hooks import Hooks
from portable_pipeline.runner.machine import advance, begin
from portable_pipeline.runner.messages import (
    Action,
    AttemptFailed,
    AttemptStarted,
    AttemptSucceeded,
    BranchDecided,
    CallHook,
    CancelRequested,
    CountLoop,
    DecideBranch,
    EndAttempts,
    Event,
    FinishRun,
    HookEnded,
    LoopCounted,
    Report,
    RetryDue,
    RunTimedOut,
    StartAttempt,
    StartTimer,
)
from portable_pipeline.runner.observer import Observer, StageChanged
from portable_pipeline.runner.retry import wait_seconds
from portable_pipeline.runner.workers import Job, Workers
from portable_pipeline.runtime.errors import InvalidValue


@dataclass(slots=True)
class _Record:
    """What is told of a stage and does not matter to the machine."""

    began: float | None = None
    seconds: float | None = None
    error: str | None = None
    retry_seconds: float | None = None
    log: Path | None = None


@dataclass(order=True, frozen=True, slots=True)
class _Timer:
    due: float
    event: Event = field(compare=False)


class RunLoop:
    """One run under way; events are handled one after the other, in one thread.

    Args:
        folder: Takes the logs.
        code: The folder of the stages' code.
        python: The interpreter of the attempts; ours if None.
        room: How many attempts run at once.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        bindings: Bindings,
        *,
        run_id: str,
        folder: Path,
        code: Path,
        python: Path | None,
        room: int,
        observer: Observer,
    ) -> None:
        self._pipeline = pipeline
        self._run_id = run_id
        self._folder = folder
        self._observer = observer
        self._stages = {stage.id: stage for stage in pipeline.stages}
        self._blocks = {block.id: block for block in pipeline.blocks}
        self._records: defaultdict[str, _Record] = defaultdict(_Record)
        self._values = RunValues(pipeline, bindings)
        self._timers: list[_Timer] = []
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._workers = Workers(room, code, python, prepare=self._job, tell=self._events.put)
        self._finished: RunState | None = None
        self._error: str | None = None
        self._hooks = Hooks(pipeline, run_id, folder)
        self._undecided: list[str] = []
        self._hook_errors: list[str] = []
        self._state, self._first = begin(pipeline)

    def run(self) -> RunOutcome:
        """Go on until the machine says that nothing is left to do."""
        if self._pipeline.timeout is not None:
            self._start_timer(self._pipeline.timeout.total_seconds(), RunTimedOut())
        with _interrupts_to(lambda: self._events.put(CancelRequested())):
            try:
                self._do_all(self._first)
                while self._finished is None:
                    self._handle(self._next_event())
            finally:
                self._workers.abandon()
        return self._outcome(self._finished)

    def _next_event(self) -> Event:
        job = self._workers.start_next()
        if job is not None:
            return AttemptStarted(job.stage, job.attempt)
        try:
            wait = max(self._timers[0].due - time.monotonic(), 0.0) if self._timers else None
            return self._events.get(timeout=wait)
        except queue.Empty:
            return heapq.heappop(self._timers).event

    def _handle(self, event: Event) -> None:
        """Note what only the event tells, then let the machine decide."""
        if isinstance(event, AttemptStarted):
            record = self._records[event.stage]
            record.began = record.began or time.monotonic()
            record.error = None
        elif isinstance(event, AttemptSucceeded):
            self._workers.ended(event.stage)
            self._values.put(event.stage, event.values)
        elif isinstance(event, AttemptFailed):
            self._workers.ended(event.stage)
            self._records[event.stage].error = self._error if self._state.ending else event.error
        elif isinstance(event, HookEnded):
            self._workers.ended(event.hook)
            self._hook_errors += [] if event.error is None else [f"{event.hook} failed: {event.error}"]
        elif isinstance(event, RunTimedOut):
            self._error = self._error or f"the run timed out after {self._pipeline.timeout}"
        elif isinstance(event, CancelRequested):
            self._error = self._error or "the run was cancelled"
        self._state, actions = advance(self._state, event)
        self._do_all(actions)

    def _do_all(self, actions: tuple[Action, ...]) -> None:
        # Waits first: the report of a stage that is to be retried tells how long.
        for action in sorted(actions, key=lambda action: isinstance(action, Report)):
            _DO[type(action)](self, action)

    def _start_attempt(self, action: StartAttempt) -> None:
        self._workers.add(action)

    def _start_retry_timer(self, action: StartTimer) -> None:
        seconds = wait_seconds(self._stage(action.stage).retry, action.retry, random.random())
        self._records[action.stage].retry_seconds = seconds
        self._start_timer(seconds, RetryDue(action.stage))

    def _start_timer(self, seconds: float, event: Event) -> None:
        heapq.heappush(self._timers, _Timer(time.monotonic() + seconds, event))

    def _end_attempts(self, _: EndAttempts) -> None:
        self._workers.end()

    def _finish(self, action: FinishRun) -> None:
        self._finished = action.state

    def _report(self, action: Report) -> None:
        record = self._records[action.stage]
        record.seconds = None if record.began is None else time.monotonic() - record.began
        self._observer.changed(
            StageChanged(
                action.stage,
                action.state,
                attempt=self._state.status(action.stage).attempts,
                attempts=self._stage(action.stage).retry.retries + 1,
                seconds=record.seconds,
                error=record.error,
                retry_seconds=record.retry_seconds if action.state == "up_for_retry" else None,
                log=record.log,
            )
        )

    def _decide_branch(self, action: DecideBranch) -> None:
        id, path = split_id(action.branch)
        branch = self._blocks[id]
        assert isinstance(branch, Branch)
        holds: bool | None = None
        try:
            holds = self._values.holds(branch, path)
        except InvalidValue as error:
            self._undecided.append(f"the condition `{action.branch}` cannot be decided: {error}")
        self._events.put(BranchDecided(action.branch, holds))

    def _count_loop(self, action: CountLoop) -> None:
        id, path = split_id(action.loop)
        loop = self._blocks[id]
        assert isinstance(loop, Loop)
        items: int | None = None
        try:
            items = self._values.count(loop, path)
        except InvalidValue as error:
            self._undecided.append(f"the loop `{action.loop}` cannot run: {error}")
        self._events.put(LoopCounted(action.loop, items))

    def _call_hook(self, action: CallHook) -> None:
        error = None if action.stage is None else self._records[action.stage].error
        self._workers.call(self._hooks.call(action, self._state, error))

    def _stage(self, id: str) -> Stage:
        return self._stages[split_id(id)[0]]

    def _job(self, wanted: StartAttempt) -> Job:
        stage, path = self._stage(wanted.stage), split_id(wanted.stage)[1]
        log = self._folder / f"{wanted.stage}.{wanted.attempt}.log"
        self._records[wanted.stage].log = log
        inputs, outputs = self._values.inputs(stage, path), self._values.outputs(stage, path)
        return Job(wanted.stage, wanted.attempt, stage.body, inputs, outputs, stage.timeout, log)

    def _outcome(self, state: RunState) -> RunOutcome:
        stages = []
        for id, status in self._state.stages():
            record, values = self._records[id], self._values.returned(id)
            outcome = StageOutcome(
                id=id,
                state=status.state,
                attempts=status.attempts,
                has_result="result" in values,
                result=values.get("result"),
                error=record.error,
                log=None if record.log is None else str(record.log),
                seconds=record.seconds,
            )
            stages.append(outcome)
        # A condition and its `otherwise` say the same.
        errors = [*dict.fromkeys(self._undecided), *([self._error] if self._error and self._state.ending else [])]
        return RunOutcome(
            self._pipeline.name,
            "local",
            self._run_id,
            state,
            tuple(stages),
            error="\n".join(errors) or None,
            degraded=self._state.degraded,
            hook_errors=tuple(self._hook_errors),
        )


_DO: dict[type[Action], Callable[..., None]] = {
    StartAttempt: RunLoop._start_attempt,
    StartTimer: RunLoop._start_retry_timer,
    DecideBranch: RunLoop._decide_branch,
    CountLoop: RunLoop._count_loop,
    CallHook: RunLoop._call_hook,
    EndAttempts: RunLoop._end_attempts,
    Report: RunLoop._report,
    FinishRun: RunLoop._finish,
}


@contextmanager
def _interrupts_to(request: Callable[[], None]) -> Iterator[None]:
    """Turn Ctrl-C and SIGTERM into a request; a second one interrupts as ever."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupted(*_: object) -> None:
        restore()
        request()

    before = {number: signal.signal(number, interrupted) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    try:
        yield
    finally:
        restore()
