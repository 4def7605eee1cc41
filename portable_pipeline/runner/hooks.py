"""What hooks are told about a run (X1, X2)."""

from __future__ import annotations

from pathlib import Path

from portable_pipeline.instances import split_id
from portable_pipeline.ir import Hook, Pipeline
from portable_pipeline.runner.messages import CallHook
from portable_pipeline.runner.states import MachineState
from portable_pipeline.runner.workers import HookCall
from portable_pipeline.runtime.events import FailureEvent, RunEvent


class Hooks:
    """The hooks of one run.

    Args:
        folder: Takes the logs.
    """

    def __init__(self, pipeline: Pipeline, run_id: str, folder: Path) -> None:
        self._pipeline = pipeline
        self._run_id = run_id
        self._folder = folder
        self._stages = {stage.id: stage for stage in pipeline.stages}

    def call(self, wanted: CallHook, state: MachineState, error: str | None) -> HookCall:
        """The call of a hook, as the run is at this moment.

        Args:
            error: What went wrong in the stage, where it is about one.
        """
        if wanted.stage is not None:
            return self._of_stage(wanted.stage, state.status(wanted.stage).attempts, error or "no error is known")
        hook = self._pipeline.on_exit if wanted.hook == "on_exit" else self._pipeline.on_failure
        failed = [id for id, status in state.stages() if status.state == "failed"]
        event = RunEvent(self._pipeline.name, self._run_id, state.outcome, state.degraded, failed)
        return _call(wanted.hook, hook, event, str(self._folder / f"{wanted.hook}.log"))

    def _of_stage(self, stage: str, attempts: int, error: str) -> HookCall:
        hook = self._stages[split_id(stage)[0]].on_failure
        event = FailureEvent(self._pipeline.name, self._run_id, stage, attempts, error)
        return _call(f"on_failure of {stage}", hook, event, str(self._folder / f"{stage}.on_failure.log"))


def _call(name: str, hook: Hook | None, event: RunEvent | FailureEvent, log: str) -> HookCall:
    assert hook is not None, name
    return HookCall(name, hook.body, event, hook.timeout, log)
