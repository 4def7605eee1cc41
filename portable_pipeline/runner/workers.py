"""Attempts and hooks under way: who has a place, who waits for one, and what came of it."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from portable_pipeline.ir import Body, CommandBody, PythonBody
from portable_pipeline.runner.messages import AttemptFailed, AttemptSucceeded, Event, HookEnded, StartAttempt
from portable_pipeline.runner.processes import Processes
from portable_pipeline.runtime.events import FailureEvent, RunEvent, hook_work

_SIGNALS = {number.value: number.name for number in signal.Signals}


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
    log: str


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
    timeout: timedelta
    log: str


@dataclass(frozen=True, slots=True)
class _Failure:
    """What came of an attempt that has not succeeded, for people; `traceback` is the stage's own part of it."""

    error: str
    final: bool = False
    traceback: str = ""

    def lines(self, headline: str) -> str:
        """What its log says at the end."""
        return "\n".join([f"{headline}: {self.error}", *self.traceback.rstrip().splitlines(), ""])


class Workers:
    """Runs attempts, at most so many at once; the others wait in line.

    Hooks have as much room of their own: an alert does not wait for a stage that takes hours.

    Args:
        room: How many attempts run at once.
        prepare: Makes the job of an attempt whose turn has come.
    """

    def __init__(self, room: int, servers: Processes, *, prepare: Callable[[StartAttempt], Job]) -> None:
        self._room = room
        self._servers = servers
        self._prepare = prepare
        self._waiting: deque[StartAttempt] = deque()
        self._waiting_hooks: deque[HookCall] = deque()
        self._attempts: dict[str, Job] = {}
        self._hooks: dict[str, HookCall] = {}
        self._killed: set[str] = set()

    def add(self, wanted: StartAttempt) -> None:
        """Put an attempt in line."""
        self._waiting.append(wanted)

    def call(self, hook: HookCall) -> None:
        """Put a hook in line; `end` does not concern it."""
        self._waiting_hooks.append(hook)

    def next(self) -> Job | None:
        """Give the attempt whose turn it is a place, if there is one; `start` follows."""
        if not self._waiting or len(self._attempts) >= self._room:
            return None
        job = self._prepare(self._waiting.popleft())
        self._attempts[job.stage] = job
        return job

    def start(self, job: Job) -> None:
        """Start an attempt that has a place."""
        body = job.body
        work = {"command": body.command} if isinstance(body, CommandBody) else {"function": _reference(body)}
        self._servers.start(job.stage, _told(work, job.inputs, job.outputs, job.timeout, job.log))

    def start_hooks(self) -> None:
        """Start the hooks that there is room for."""
        while self._waiting_hooks and len(self._hooks) < self._room:
            call = self._waiting_hooks.popleft()
            self._hooks[call.hook] = call
            work = hook_work(_reference(call.body), call.event)
            self._servers.start(call.hook, _told(work, {}, {}, call.timeout, call.log))

    def events(self, seconds: float | None) -> Iterator[Event]:
        """What has ended by now; waits at most so long for the first end."""
        for name, said in self._servers.answers(seconds).items():
            yield self._hook_ended(name, said) if name in self._hooks else self._attempt_ended(name, said)

    def forget(self) -> None:
        """Give none of the attempts that wait a place."""
        self._waiting.clear()

    def end(self) -> None:
        """Kill the attempts that run; each still tells how it ended."""
        for stage in self._attempts.keys() - self._killed:
            self._killed.add(stage)
            self._servers.kill(stage)

    def _attempt_ended(self, name: str, said: Mapping[str, Any]) -> Event:
        job = self._attempts.pop(name)
        failure = _failure(said, job.timeout, returns=isinstance(job.body, PythonBody))
        if failure is not None and name in self._killed:  # it may have ended before that
            failure = _Failure("was killed")
        if failure is None:
            return AttemptSucceeded(job.stage, job.attempt, {**said.get("values", {}), **said.get("references", {})})
        _append(job.log, failure.lines(f"stage `{job.stage}` {'aborted' if failure.final else 'failed'}"))
        return AttemptFailed(job.stage, job.attempt, failure.error, failure.final, failure.traceback)

    def _hook_ended(self, name: str, said: Mapping[str, Any]) -> Event:
        call = self._hooks.pop(name)
        failure = _failure(said, call.timeout, returns=True)
        if failure is None:
            return HookEnded(name)
        _append(call.log, failure.lines(f"hook `{name}` failed"))
        return HookEnded(name, failure.error)


def _reference(body: PythonBody) -> str:
    return f"{body.module}:{body.function}"


def _told(
    work: Mapping[str, Any],
    inputs: Mapping[str, JsonValue],
    outputs: Mapping[str, str],
    timeout: timedelta | None,
    log: str,
) -> dict[str, Any]:
    seconds = None if timeout is None else timeout.total_seconds()
    return {**work, "inputs": dict(inputs), "outputs": dict(outputs), "timeout": seconds, "log": log}


def _failure(said: Mapping[str, Any], timeout: timedelta | None, *, returns: bool) -> _Failure | None:
    """What went wrong, by what the server of an attempt has said; None if nothing has.

    Args:
        returns: Whether it has to say that its function has returned.
    """
    if said.get("stopped") == "timeout":
        return _Failure(f"timed out after {timeout}")
    if "stopped" in said:
        return _Failure("was killed")
    if "failure" in said:
        told = said["failure"]
        return _Failure(told["error"], told["abort"], told["traceback"])
    if "signal" in said:
        return _Failure(f"its process was killed by {_SIGNALS.get(said['signal'], said['signal'])}")
    if "exit" not in said:
        return _Failure("its process and the guard of it were killed")
    if said["exit"] != 0:
        return _Failure(f"its process exited with code {said['exit']}")
    if returns and "values" not in said:
        return _Failure("its process exited before the function returned")
    return None


def _append(log: str, text: str) -> None:
    try:
        with Path(log).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return  # a full disk: what happened is told by the event as well
