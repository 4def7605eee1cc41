"""A pipeline, run for real on a target's engine, told in the words of the portable semantics."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

from portable_pipeline import instances
from portable_pipeline.engines.declared import as_declared
from portable_pipeline.engines.session import Session
from portable_pipeline.ir import Pipeline
from portable_pipeline.ir.control import loops_around
from portable_pipeline.ir.types import Type
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
    return RunOutcome(
        pipeline=pipeline.name,
        engine=target.name,
        run_id=answer.get("run_id") or f"{target.name}-{uuid.uuid4().hex[:12]}",
        state=answer["state"],
        stages=_in_order(pipeline, answer["stages"], began=answer["state"] == "success" or bool(answer["stages"])),
        error=answer.get("error"),
        degraded=answer.get("degraded", False),
        hook_errors=tuple(answer.get("hook_errors", ())),
    )


def _in_order(pipeline: Pipeline, told: Sequence[Mapping[str, Any]], began: bool) -> tuple[StageOutcome, ...]:
    """What the engine tells, in the order of the pipeline and, in loops, of the items.

    A stage of which it tells nothing is in a loop without items, or was not started: the run was refused before.
    """
    results = {stage.id: stage.result for stage in pipeline.stages}
    seen: dict[str, list[tuple[instances.Path, StageOutcome]]] = {stage.id: [] for stage in pipeline.stages}
    for each in told:
        stage, path = instances.split_id(each["id"])
        seen[stage].append((path, _stage(each, results[stage])))
    blocks = {block.id: block for block in pipeline.blocks}
    found: list[StageOutcome] = []
    for known in pipeline.stages:
        found += (outcome for _, outcome in sorted(seen[known.id], key=itemgetter(0)))
        if not seen[known.id] and not (began and loops_around(blocks, known.block)):
            found.append(StageOutcome(known.id, "cancelled"))
    return tuple(found)


def _stage(told: Mapping[str, Any], declared: Type | None) -> StageOutcome:
    return StageOutcome(
        id=told["id"],
        state=told["state"],
        attempts=told["attempts"],
        has_result="result" in told,
        result=as_declared(told.get("result"), declared),
        error=told.get("error"),
        seconds=told.get("seconds"),
    )
