"""What a run did: the same table for the local runner and for every engine."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

StageState = Literal[
    "queued", "running", "success", "failed", "skipped", "up_for_retry", "upstream_failed", "cancelled"
]
RunState = Literal["running", "success", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a stage was executed whose outcome another run has taken over (K1).

    Args:
        run: Id of the run.
        stage: Its id there, in a loop with the index.
    """

    run: str
    stage: str


@dataclass(frozen=True, slots=True)
class StageOutcome:
    """How a stage ended.

    Args:
        id: In a loop with the index of the item, `train[0]`; a loop that did not run has each of its stages once,
            without an index, and one without items has none.
        attempts: How many attempts started.
        result: Its result as JSON; meaningful only where `has_result`.
        error: The last attempt's error, for people.
        log: Path of the last attempt's log, where there is one.
        seconds: From the first attempt's start to the end, where known.
        cached: Where it was executed, if it was not in this run.
    """

    id: str
    state: StageState
    attempts: int = 0
    has_result: bool = False
    result: Any = None
    error: str | None = None
    log: str | None = None
    seconds: float | None = None
    cached: Origin | None = None

    def to_json(self) -> dict[str, Any]:
        """The object that `ppc run --output-format json` prints; `result` and `cached` only where there is one."""
        shown: dict[str, Any] = {"id": self.id, "state": self.state, "attempts": self.attempts}
        if self.has_result:
            shown["result"] = self.result
        if self.error is not None:
            shown["error"] = self.error
        if self.cached is not None:
            shown["cached"] = asdict(self.cached)
        return shown


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended, stages in the order of the pipeline, those of a loop in the order of its items.

    Args:
        engine: `local`, or the name of a target.
        error: Of the run itself (a refused parameter, a condition that cannot be decided, a timeout of the pipeline),
            for people.
        degraded: Whether a stand-in took the place of a stage that failed (F3).
        hook_errors: What happened to the hooks that failed, which changes nothing else (X3), for people.
    """

    pipeline: str
    engine: str
    run_id: str
    state: RunState
    stages: tuple[StageOutcome, ...]
    error: str | None = None
    degraded: bool = False
    hook_errors: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The object that `ppc run --output-format json` prints, the same keys for every engine.

        `error`, `degraded` and `hook_errors` only where there is something to tell.
        """
        shown: dict[str, Any] = {
            "pipeline": self.pipeline,
            "engine": self.engine,
            "run_id": self.run_id,
            "state": self.state,
            "stages": [stage.to_json() for stage in self.stages],
        }
        if self.error is not None:
            shown["error"] = self.error
        if self.degraded:
            shown["degraded"] = True
        if self.hook_errors:
            shown["hook_errors"] = list(self.hook_errors)
        return shown
