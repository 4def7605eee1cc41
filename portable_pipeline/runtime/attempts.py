"""The engine's side of an attempt: run it in a process of its own, then commit what it has written.

    attempt("pipeline:ingest", stage="ingest", inputs={"day": "2026-01-05"}, outputs={"raw": "/data/raw.csv"})
    -> {"result": 42, "raw": {"uri": "/data/raw.csv", "kind": "file", "size": 1234, "sha256": "..."}}

Nothing that a stage starts outlives its attempt, and no attempt outlives the process that asked for it.
"""

import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from . import values
from .ending import run_in_block
from .errors import ArtifactError, HookFailed, StageAborted, StageError, StageFailed, StageKilled, StageTimeout
from .files import Staging
from .process import AttemptProcess


def attempt(
    function: str,
    *,
    stage: str,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, str] | None = None,
    timeout: timedelta | None = None,
) -> dict[str, Any]:
    """Call a stage's function in a process of its own.

    Args:
        function: `module:function`; the module is in the folder around this one, or installed.
        stage: The stage's id, for errors.
        inputs: JSON values and committed artifacts by parameter; dates, durations and records also as they are.
        outputs: The addresses of its artifacts by parameter.
        timeout: When it is up, the process and all that it started are killed.

    Returns:
        JSON: `result` unless the function returns nothing, each field of a record, and each output's reference.

    Raises:
        Abort: The stage has raised it.
        StageFailed: It failed in any other way; `StageTimeout`: it ran out of time.
    """
    return run_in_block(Attempt({"function": function}, stage=stage, inputs=inputs, outputs=outputs, timeout=timeout))


def attempt_command(
    command: str | Sequence[str],
    *,
    stage: str,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, str] | None = None,
    timeout: timedelta | None = None,
) -> dict[str, Any]:
    """Run a stage's command; any exit code but 0 is a failure.

    Args:
        command: Arguments, or one line for the shell, with the placeholders that `commands.py` describes.
        stage: The stage's id, for errors.
        inputs: JSON values and committed artifacts by name.
        outputs: The addresses of its artifacts by name.
        timeout: When it is up, the process and all that it started are killed.

    Returns:
        Each output's reference.

    Raises:
        StageFailed: It failed; `StageTimeout`: it ran out of time.
    """
    return run_in_block(Attempt({"command": command}, stage=stage, inputs=inputs, outputs=outputs, timeout=timeout))


def call_hook(function: str, event: Any, *, hook: str, timeout: timedelta = timedelta(minutes=5)) -> None:
    """Tell a hook what happened, in a process of its own; it is no part of a block that ends its attempts.

    Args:
        function: `module:function`, as for `attempt`; it gets the event as its first argument.
        event: A `RunEvent` or a `FailureEvent`.
        hook: How an error names the hook: "on_exit", "on_failure of train".
        timeout: When it is up, the process and all that it started are killed.

    Raises:
        HookFailed: It failed in any way.
    """
    from .events import hook_work  # where there are hooks, it is there

    try:
        Attempt(hook_work(function, event), stage=hook, timeout=timeout).run()
    except StageError as error:
        raise HookFailed(hook, error.error, error.traceback) from None


class Attempt:
    """One attempt, which another thread can kill.

    Args:
        work: `{"function": "module:function"}`, `{"command": ...}` or `hook_work(...)`.
        stage: As for `attempt`, like the following.
        emit: Takes each line that the stage prints; `print` if not given.
        code: The folder of the stages' code with this package in it; the one that this copy is in if not given.
        python: The interpreter; the one that runs this if not given.
    """

    def __init__(
        self,
        work: Mapping[str, Any],
        *,
        stage: str,
        inputs: Mapping[str, Any] | None = None,
        outputs: Mapping[str, str] | None = None,
        timeout: timedelta | None = None,
        emit: Callable[[str], object] | None = None,
        code: Path | None = None,
        python: Path | None = None,
    ) -> None:
        self._work = work
        self._stage = stage
        self._inputs = inputs or {}
        self._outputs = outputs or {}
        self._timeout = timeout
        self._process = AttemptProcess(
            python or Path(sys.executable), code or Path(__file__).absolute().parents[1], emit or _print
        )

    def run(self) -> dict[str, Any]:
        """Run it to its end; returns and raises as `attempt` does, and raises `StageKilled` after `kill`."""
        staged: list[Staging] = []
        try:
            for name, uri in self._outputs.items():
                staged.append(Staging(name, uri))
            answer = self._judged(self._process.run(self._job(staged)))
            references = {output.name: output.reference() for output in staged}
            for output in staged:
                output.publish()
        except (ArtifactError, OSError) as error:
            raise StageFailed(self._stage, str(error)) from error
        finally:
            for output in staged:
                output.discard()
        return {**answer, **references}

    def kill(self) -> None:
        """End the attempt with all that it started; from any thread, at any time."""
        self._process.kill()

    def _job(self, staged: Sequence[Staging]) -> dict[str, Any]:
        return {
            **self._work,
            "inputs": values.encode(dict(self._inputs), dict, "inputs"),
            "outputs": {output.name: {"path": str(output.path), "uri": output.uri} for output in staged},
            "timeout": None if self._timeout is None else self._timeout.total_seconds(),
        }

    def _judged(self, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the values that the stage's process has answered with, or raise what it tells instead."""
        if self._process.killed:
            raise StageKilled(self._stage, "was killed")
        if said.get("stopped") == "timeout":
            raise StageTimeout(self._stage, f"timed out after {self._timeout}")
        if "failure" in said:
            kind = StageAborted if said["failure"]["abort"] else StageFailed
            raise kind(self._stage, said["failure"]["error"], said["failure"]["traceback"])
        if "signal" in said:
            raise StageFailed(self._stage, f"its process was killed by {_SIGNALS.get(said['signal'], said['signal'])}")
        if "exit" not in said:
            raise StageFailed(self._stage, "its process and the guard of it were killed")
        if said["exit"] != 0:
            raise StageFailed(self._stage, f"its process exited with code {said['exit']}")
        if "function" in self._work and "values" not in said:
            raise StageFailed(self._stage, "its process exited before the function returned")
        answer: Mapping[str, Any] = said.get("values", {})
        return answer


_SIGNALS = {number.value: number.name for number in signal.Signals}


def _print(line: str) -> None:
    # Looked up at each call: engines replace `print` by what writes to their logs.
    print(line, flush=True)
