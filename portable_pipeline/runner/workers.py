"""Attempts under way: each in a process of its own, with a thread that waits for it and writes its log."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import JsonValue

from portable_pipeline.ir import Body, CommandBody, PythonBody
from portable_pipeline.runner.messages import AttemptFailed, AttemptSucceeded, Event, HookEnded, StartAttempt
from portable_pipeline.runtime.attempts import Attempt, hook_work
from portable_pipeline.runtime.errors import Abort, HookFailed, StageError
from portable_pipeline.runtime.events import FailureEvent, RunEvent


@dataclass(frozen=True, slots=True)
class Job:
    """All that one attempt needs.

    Args:
        inputs: JSON values and references of artifacts by parameter.
        outputs: Addresses by parameter.
    """

    stage: str
    attempt: int
    body: Body
    inputs: Mapping[str, JsonValue]
    outputs: Mapping[str, str]
    timeout: timedelta | None
    log: Path


@dataclass(frozen=True, slots=True)
class HookCall:
    """All that the call of a hook needs.

    Args:
        hook: As people know it, no other is called so in the run.
        event: What it is told.
    """

    hook: str
    body: PythonBody
    event: RunEvent | FailureEvent
    log: Path


class Workers:
    """Runs attempts, at most so many at once; the others wait in line.

    Hooks have as much room of their own: an alert does not wait for a stage that takes hours.

    Args:
        room: How many attempts run at once.
        code: The folder of the stages' code.
        python: The interpreter of the attempts; ours if None.
        prepare: Makes the job of an attempt whose turn has come.
        tell: Takes the event that ends an attempt; called from its thread.
    """

    def __init__(
        self,
        room: int,
        code: Path,
        python: Path | None,
        *,
        prepare: Callable[[StartAttempt], Job],
        tell: Callable[[Event], None],
    ) -> None:
        self._room = room
        self._code = code
        self._python = python
        self._prepare = prepare
        self._tell = tell
        self._waiting: deque[StartAttempt] = deque()
        self._hooks: deque[HookCall] = deque()
        self._hooked: set[str] = set()
        self._given: set[str] = set()
        self._running: dict[str, tuple[Attempt, threading.Thread]] = {}

    def add(self, wanted: StartAttempt) -> None:
        """Put an attempt in line."""
        self._waiting.append(wanted)

    def call(self, hook: HookCall) -> None:
        """Put a hook in line; `end` does not concern it."""
        self._hooks.append(hook)

    def next(self) -> Job | None:
        """Give the attempt whose turn it is a place, if there is one; `start` follows."""
        if not self._waiting or len(self._given) >= self._room:
            return None
        job = self._prepare(self._waiting.popleft())
        self._given.add(job.stage)
        return job

    def start(self, job: Job) -> None:
        """Start an attempt that has a place."""
        log = _Log(job.log)
        self._start(job.stage, self._attempt(job, log), self._run, job, log)

    def start_hooks(self) -> None:
        """Start the hooks that there is room for."""
        while self._hooks and len(self._hooked) < self._room:
            self._start_hook(self._hooks.popleft())

    def ended(self, name: str) -> None:
        """Make room: the attempt of that stage, or that hook, has told that it is over."""
        _, thread = self._running.pop(name)
        self._given.discard(name)
        self._hooked.discard(name)
        thread.join()

    def forget(self) -> None:
        """Give none of the attempts that wait a place."""
        self._waiting.clear()

    def end(self) -> None:
        """Kill the attempts that run; each still tells how it ended."""
        for name, (attempt, _) in self._running.items():
            if name not in self._hooked:
                attempt.kill()

    def abandon(self) -> None:
        """Kill what runs, hooks included, and return when it is gone."""
        self._hooked.clear()
        self.forget()
        self.end()
        for _, thread in self._running.values():
            thread.join()

    def _start(self, name: str, attempt: Attempt, run: Callable[..., None], *more: object) -> None:
        thread = threading.Thread(target=run, args=(attempt, *more), name=name, daemon=True)
        self._running[name] = attempt, thread
        thread.start()

    def _start_hook(self, call: HookCall) -> None:
        log = _Log(call.log)
        work = hook_work(f"{call.body.module}:{call.body.function}", call.event)
        attempt = Attempt(work, stage=call.hook, emit=log.write, code=self._code, python=self._python)
        self._hooked.add(call.hook)
        self._start(call.hook, attempt, self._run_hook, call, log)

    def _attempt(self, job: Job, log: _Log) -> Attempt:
        body = job.body
        if isinstance(body, CommandBody):
            work: dict[str, object] = {"command": body.command}
        else:
            work = {"function": f"{body.module}:{body.function}"}
        return Attempt(
            work,
            stage=job.stage,
            inputs=job.inputs,
            outputs=job.outputs,
            timeout=job.timeout,
            emit=log.write,
            code=self._code,
            python=self._python,
        )

    def _run(self, attempt: Attempt, job: Job, log: _Log) -> None:
        event: Event
        try:
            with log:
                try:
                    event = AttemptSucceeded(job.stage, job.attempt, attempt.run())
                except StageError as error:
                    log.write(str(error))
                    event = AttemptFailed(
                        job.stage, job.attempt, error.error, isinstance(error, Abort), error.traceback
                    )
        except Exception as error:  # a disk that is full, say: the run has to hear of it as well
            event = AttemptFailed(job.stage, job.attempt, f"{type(error).__name__}: {error}")
        self._tell(event)

    def _run_hook(self, attempt: Attempt, call: HookCall, log: _Log) -> None:
        failure: str | None = None
        try:
            with log:
                try:
                    attempt.run()
                except StageError as error:
                    failure = error.error
                    log.write(str(HookFailed(call.hook, error.error, error.traceback)))
        except Exception as error:
            failure = f"{type(error).__name__}: {error}"
        self._tell(HookEnded(call.hook, failure))


class _Log:
    """A file of lines, each on disk as soon as it is written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._file = self._path.open("w", encoding="utf-8", errors="backslashreplace", buffering=1)

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, line: str) -> None:
        self._file.write(f"{line}\n")
