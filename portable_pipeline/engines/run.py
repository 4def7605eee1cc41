"""A pipeline, run for real on a target's engine, told in the words of the portable semantics."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from portable_pipeline.engines.session import Session
from portable_pipeline.ir import Pipeline
from portable_pipeline.outcome import RunOutcome, StageOutcome

#: For a pipeline that does not bound its runs itself.
RUN_WITHIN = timedelta(hours=24)
#: What the engine needs around a run that itself ends in time.
_MARGIN_SECONDS = 300.0


def run_on_engine(
    session: Session,
    pipeline: Pipeline,
    folder: Path,
    parameters: Mapping[str, Any],
    *,
    date: str | None = None,
    within: timedelta = RUN_WITHIN,
) -> RunOutcome:
    """Run generated files on the engine of a session, to the end.

    Args:
        folder: The target's folder of generated files.
        parameters: JSON values by name; the rest has the defaults that the generated files say. The engine checks
            them itself: nothing here does.
        date: The run's date or instant in ISO form (D1); None is now.
        within: When the engine is given up.

    Raises:
        Refused: If the engine dies or cannot even try.
    """
    target = session.target
    seconds = within.total_seconds()
    request = {
        "op": "run",
        "folder": str(folder),
        "file": target.engine.entry(pipeline),
        "params": dict(parameters),
        "date": date,
        "timeout_s": seconds,
    }
    answer = session.ask(request, seconds + _MARGIN_SECONDS)
    seen = {stage["id"]: stage for stage in answer["stages"]}
    return RunOutcome(
        pipeline=pipeline.name,
        engine=target.name,
        run_id=answer.get("run_id") or f"{target.name}-{uuid.uuid4().hex[:12]}",
        state=answer["state"],
        stages=tuple(_stage(stage.id, seen.get(stage.id)) for stage in pipeline.stages),
        error=answer.get("error"),
    )


def _stage(stage: str, seen: Mapping[str, Any] | None) -> StageOutcome:
    """A stage of which the engine knows nothing has not been started: the run was refused before."""
    if seen is None:
        return StageOutcome(id=stage, state="cancelled")
    return StageOutcome(
        id=stage,
        state=seen["state"],
        attempts=seen["attempts"],
        has_result="result" in seen,
        result=seen.get("result"),
        error=seen.get("error"),
        seconds=seen.get("seconds"),
    )
