"""What hooks are told."""

from dataclasses import dataclass, field
from typing import Any, Literal

from . import values


@dataclass(frozen=True)
class RunEvent:
    """The end of a run.

    Args:
        pipeline: Name of the pipeline.
        run_id: Of the run, as the engine calls it.
        state: How it ended.
        degraded: Whether a stand-in took the place of a failed stage.
        failed: Ids of the stages that failed for good; in a loop with the index, `train[0]`.
    """

    pipeline: str
    run_id: str
    state: Literal["success", "failed", "cancelled"]
    degraded: bool = False
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class FailureEvent:
    """A stage that has failed for good.

    Args:
        pipeline: Name of the pipeline.
        run_id: Of the run, as the engine calls it.
        stage: Id of the stage; in a loop with the index, `train[0]`.
        attempt: Number of its last attempt, from 1.
        error: What went wrong, in words.
    """

    pipeline: str
    run_id: str
    stage: str
    attempt: int
    error: str


def hook_work(function: str, event: RunEvent | FailureEvent) -> dict[str, Any]:
    """Return what an `Attempt` has to do to call a hook.

    Args:
        function: `module:function`; it gets the event as its first argument.
    """
    kind = type(event)
    return {"function": function, "event": values.encode(event, kind, "event"), "told": kind.__name__}
