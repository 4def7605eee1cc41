"""The effects of a run: attempts, waits and interrupts become events, and what the machine wants is done.

events -> machine -> journal -> effects
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from portable_pipeline.instances import split_id
from portable_pipeline.ir import Branch, Loop, Pipeline, Stage
from portable_pipeline.outcome import Origin, RunOutcome, RunState, StageOutcome
from portable_pipeline.runner.bindings import RunValues
from portable_pipeline.runner.caching import Caching
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
    DropAttempts,
    EndAttempts,
    Event,
    FinishRun,
    HookEnded,
    LoopCounted,
    Report,
    RetryDue,
    RunTimedOut,
    StageCached,
    StageKept,
    StartAttempt,
    StartTimer,
    StopRequested,
)
from portable_pipeline.runner.observer import Observer, StageChanged
from portable_pipeline.runner.processes import Processes
from portable_pipeline.runner.recording import write_end, write_event, write_hook, write_state, write_wait
from portable_pipeline.runner.retry import wait_seconds
from portable_pipeline.runner.states import ENDED
from portable_pipeline.runner.timers import Timers
from portable_pipeline.runner.workers import Job, Workers
from portable_pipeline.runtime.errors import InvalidValue
from portable_pipeline.store import Journal, Project, log_name


@dataclass(slots=True)
class _Record:
    """What is told of a stage and does not matter to the machine."""

    began: float | None = None
    seconds: float | None = None
    error: str | None = None
    retry_seconds: float | None = None
    cached: Origin | None = None


class RunLoop:
    """One run under way; events are handled one after the other, in one thread.

    What an event changes is worked out first, then written to the journal, then acted upon: nothing happens that a
    process which comes after this one could not know of.

    Time, chance and processes are given: all that could make two runs of a pipeline differ.

    Args:
        values: Of this run.
        project: Keeps the logs.
        journal: Of this run.
        kept: How stages ended that need no attempt, by id.
        fresh: Ids of stages, without indices, that take nothing over from other runs.
        servers: Do the attempts; ended with the run.
        python: The interpreter of the attempts; ours if None.
        room: How many attempts run at once.
        now: Seconds by a clock that never goes back.
        chance: Gives a number from 0 to 1.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        values: RunValues,
        *,
        run_id: str,
        project: Project,
        journal: Journal,
        kept: Mapping[str, StageKept],
        fresh: Collection[str],
        servers: Processes,
        python: Path | None,
        room: int,
        observer: Observer,
        now: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._pipeline = pipeline
        self._run_id = run_id
        self._folder = str(project.run_folder(run_id))
        self._journal = journal
        self._kept = kept
        self._observer = observer
        self._stages = {stage.id: stage for stage in pipeline.stages}
        self._blocks = {block.id: block for block in pipeline.blocks}
        self._records: defaultdict[str, _Record] = defaultdict(_Record)
        self._values = values
        self._now = now
        self._chance = chance
        self._timers = Timers(now)
        self._servers = servers
        self._workers = Workers(room, servers, prepare=self._job)
        self._caching: Caching | None = None
        if any(stage.cache for stage in pipeline.stages):
            self._caching = Caching(
                pipeline,
                self._values,
                run_id=run_id,
                project=project,
                journal=journal,
                fresh=fresh,
                python=python,
                watch=servers.watch,
            )
        self._requests: deque[Event] = deque()
        self._pending: deque[Event] = deque()
        self._effects: list[Callable[[], None]] = []
        self._finished: RunState | None = None
        self._error: str | None = None
        self._hooks = Hooks(pipeline, run_id, project.run_folder(run_id))
        self._undecided: list[str] = []
        self._hook_errors: list[str] = []
        self._state, self._first = begin(pipeline)

    def run(self) -> RunOutcome:
        """Go on until the machine says that nothing is left to do.

        Raises:
            Refused: If the journal cannot be written; what runs is killed.
        """
        if self._pipeline.timeout is not None:
            self._timers.start(self._pipeline.timeout.total_seconds(), RunTimedOut())
        try:
            with _interrupts_to(self._requests.append, self._servers.watch):
                self._take(self._first)
                self._step(())
                while self._finished is None:
                    self._step(self._next_events())
        finally:
            self._servers.end()
            if self._caching is not None:
                self._caching.close()
        return self.outcome(self._finished)

    def outcome(self, state: RunState, error: str | None = None) -> RunOutcome:
        """How the run and its stages are at this moment."""
        stages, logs = [], set[str]()
        with suppress(OSError):  # the folder is gone
            logs.update(os.listdir(self._folder))  # noqa: PTH208 - only names are wanted
        for id, status in self._state.stages():
            log = log_name(id, self._journal.number(id, status.attempts))
            record, values = self._records[id], self._values.returned(id)
            outcome = StageOutcome(
                id=id,
                state=status.state if status.state in ENDED else "cancelled",
                attempts=status.attempts,
                has_result="result" in values,
                result=values.get("result"),
                error=record.error,
                log=f"{self._folder}/{log}" if log in logs else None,
                seconds=record.seconds,
                cached=record.cached,
            )
            stages.append(outcome)
        return RunOutcome(
            self._pipeline.name,
            "local",
            self._run_id,
            state,
            tuple(stages),
            error=self._errors(error),
            degraded=self._state.degraded,
            hook_errors=tuple(self._hook_errors),
        )

    def _errors(self, error: str | None = None) -> str | None:
        # A condition and its `otherwise` say the same.
        ended = self._error if self._error and self._state.ending else None
        errors = [*dict.fromkeys(self._undecided), *(each for each in (ended, error) if each)]
        return "\n".join(errors) or None

    def _next_events(self) -> Iterator[Event]:
        """All that has happened by now; waits for the first event."""
        yield from self._workers.events(self._timers.left())
        if self._caching is not None:
            for answer in self._caching.answers():
                if isinstance(answer, StageCached):
                    yield answer
                else:
                    self._workers.add(answer)
        while self._requests:
            yield self._requests.popleft()
        yield from self._timers.due()

    def _step(self, events: Iterable[Event]) -> None:
        """Work out what events change, write it down, then act."""
        self._pending.extend(events)
        while self._pending or self._start_next():
            self._handle(self._pending.popleft())
        self._journal.commit()
        effects, self._effects = self._effects, []
        for effect in effects:
            effect()
        self._workers.start_hooks()

    def _start_next(self) -> bool:
        job = self._workers.next()
        if job is None:
            return False
        self._pending.append(AttemptStarted(job.stage, job.attempt))
        self._effects.append(partial(self._workers.start, job))
        return True

    def _handle(self, event: Event) -> None:
        """Note what only the event tells, then let the machine decide."""
        if isinstance(event, AttemptStarted):
            record = self._records[event.stage]
            record.began = self._now() if record.began is None else record.began
            record.error = None
        elif isinstance(event, AttemptSucceeded):
            self._values.put(event.stage, event.values)
        elif isinstance(event, AttemptFailed):
            self._records[event.stage].error = self._error if self._state.ending else event.error
        elif isinstance(event, StageKept):
            self._records[event.stage].cached = event.cached
            if event.state == "success":
                self._values.put(event.stage, event.values)
        elif isinstance(event, StageCached):
            self._records[event.stage].cached = event.origin
            self._values.put(event.stage, event.values)
        elif isinstance(event, HookEnded):
            self._hook_errors += [] if event.error is None else [f"{event.hook} failed: {event.error}"]
        elif isinstance(event, RunTimedOut):
            self._error = self._error or f"the run timed out after {self._pipeline.timeout}"
        elif isinstance(event, StopRequested | CancelRequested):
            self._error = self._error or "the run was cancelled"
        write_event(self._journal, event)
        if self._caching is not None:
            self._caching.note(event)
        self._state, actions = advance(self._state, event)
        self._take(actions)

    def _take(self, actions: tuple[Action, ...]) -> None:
        # Waits first: the report of a stage that is to be retried tells how long.
        for action in sorted(actions, key=lambda action: isinstance(action, Report)):
            _TAKE[type(action)](self, action)

    def _start_attempt(self, action: StartAttempt) -> None:
        kept = self._kept.get(action.stage)
        if kept is not None:
            self._pending.append(kept)
        elif self._caching is None or not self._caching.claims(action):
            self._workers.add(action)

    def _start_retry_timer(self, action: StartTimer) -> None:
        seconds = wait_seconds(self._stage(action.stage).retry, action.retry, self._chance())
        self._records[action.stage].retry_seconds = seconds
        write_wait(self._journal, action.stage, seconds)
        self._timers.start(seconds, RetryDue(action.stage))

    def _drop_attempts(self, _: DropAttempts) -> None:
        self._workers.forget()
        if self._caching is not None:
            self._caching.stop()

    def _end_attempts(self, _: EndAttempts) -> None:
        self._effects.append(self._workers.end)

    def _finish(self, action: FinishRun) -> None:
        self._finished = action.state
        write_end(self._journal, action.state, self._errors(), self._state.degraded, self._hook_errors)

    def _report(self, action: Report) -> None:
        record = self._records[action.stage]
        record.seconds = None if record.began is None else self._now() - record.began
        write_state(self._journal, action)
        change = StageChanged(
            action.stage,
            action.state,
            attempt=action.attempts,
            attempts=self._stage(action.stage).retry.retries + 1,
            seconds=record.seconds,
            error=record.error,
            retry_seconds=record.retry_seconds if action.state == "up_for_retry" else None,
            cached=record.cached,
            returned=self._values.returned(action.stage),
        )
        self._effects.append(partial(self._observer.changed, change))

    def _decide_branch(self, action: DecideBranch) -> None:
        id, path = split_id(action.branch)
        branch = self._blocks[id]
        assert isinstance(branch, Branch)
        holds: bool | None = None
        try:
            holds = self._values.holds(branch, path)
        except InvalidValue as error:
            self._undecided.append(f"the condition `{action.branch}` cannot be decided: {error}")
        self._pending.append(BranchDecided(action.branch, holds))

    def _count_loop(self, action: CountLoop) -> None:
        id, path = split_id(action.loop)
        loop = self._blocks[id]
        assert isinstance(loop, Loop)
        items: int | None = None
        try:
            items = self._values.count(loop, path)
        except InvalidValue as error:
            self._undecided.append(f"the loop `{action.loop}` cannot run: {error}")
        self._pending.append(LoopCounted(action.loop, items))

    def _call_hook(self, action: CallHook) -> None:
        error = None if action.stage is None else self._records[action.stage].error
        write_hook(self._journal, action)
        self._effects.append(partial(self._workers.call, self._hooks.call(action, self._state, error)))

    def _stage(self, id: str) -> Stage:
        return self._stages[split_id(id)[0]]

    def _job(self, wanted: StartAttempt) -> Job:
        stage, path = self._stage(wanted.stage), split_id(wanted.stage)[1]
        log = f"{self._folder}/{log_name(wanted.stage, self._journal.number(wanted.stage, wanted.attempt))}"
        inputs, outputs = self._values.inputs(stage, path), self._values.outputs(stage, path)
        return Job(wanted.stage, wanted.attempt, stage.body, inputs, outputs, stage.timeout, log)


_TAKE: dict[type[Action], Callable[..., None]] = {
    StartAttempt: RunLoop._start_attempt,
    StartTimer: RunLoop._start_retry_timer,
    DecideBranch: RunLoop._decide_branch,
    CountLoop: RunLoop._count_loop,
    CallHook: RunLoop._call_hook,
    DropAttempts: RunLoop._drop_attempts,
    EndAttempts: RunLoop._end_attempts,
    Report: RunLoop._report,
    FinishRun: RunLoop._finish,
}


@contextmanager
def _interrupts_to(request: Callable[[Event], None], watch: Callable[[int], None]) -> Iterator[None]:
    """Turn signals into requests: Ctrl-C into one to stop, a second one and SIGTERM into one to end at once.

    A third one interrupts as ever.

    Args:
        watch: Takes a file descriptor that can be read when there is one.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    watch(woken)
    wanted = deque[Event]([StopRequested(), CancelRequested()])

    def interrupted(*_: object) -> None:
        request(wanted.popleft())
        if not wanted:
            restore()

    def terminated(*_: object) -> None:
        wanted.clear()
        restore()
        request(CancelRequested())

    before = {signal.SIGINT: signal.signal(signal.SIGINT, interrupted)}
    before[signal.SIGTERM] = signal.signal(signal.SIGTERM, terminated)
    before_wake = signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    try:
        yield
    finally:
        restore()
        signal.set_wakeup_fd(before_wake)
        os.close(wake)
        os.close(woken)
