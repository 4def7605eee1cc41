"""What of an earlier session of a run still counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Literal

from portable_pipeline.diagnostics import Diagnostic, Refused
from portable_pipeline.diagnostics.catalog.store import (
    NoSuchStage,
    NothingToResume,
    ParametersChanged,
    StageChanged,
    StageGone,
)
from portable_pipeline.diagnostics.suggest import did_you_mean, quoted
from portable_pipeline.instances import instance_id, split_id
from portable_pipeline.ir import Pipeline, Stage, meaning
from portable_pipeline.ir.control import blocks_around, waits
from portable_pipeline.runner.messages import StageKept
from portable_pipeline.runner.stage_code import stage_code
from portable_pipeline.store import Project, RunRecord, StageRecord


def kept_stages(
    project: Project, run: RunRecord, pipeline: Pipeline, *, since: Collection[str] = (), keep_changed: bool = False
) -> dict[str, StageKept]:
    """How the stages ended that are not run again, by id.

    These are the ones that succeeded, and a primary whose stand-in has.

    Args:
        pipeline: As it is today.
        since: Ids of stages that run again, with all that comes after them.
        keep_changed: Whether to keep what has changed since it succeeded.

    Raises:
        Refused: If nothing is left to run, or something that is to be kept has changed.
    """
    stages = {stage.id: stage for stage in pipeline.stages}
    unknown = [NoSuchStage(stage=each, suggestion=did_you_mean(each, stages)) for each in since if each not in stages]
    if unknown:
        raise Refused(unknown)
    if run.state == "success" and not since:
        raise Refused([NothingToResume(run=run.id)])
    again = downstream(pipeline, since)
    succeeded = {each.id: each for each in project.stages(run.id) if each.state == "success"}
    kept = {id: each for id, each in succeeded.items() if split_id(id)[0] not in again}
    found = list(_changes(project.pipeline(run.id), pipeline, run, {split_id(id)[0] for id in kept}))
    if found and not keep_changed:
        raise Refused(found)
    answers = {id: _kept(each, "success") for id, each in kept.items() if split_id(id)[0] in stages}
    for each in project.stages(run.id):
        name, path = split_id(each.id)
        stand_in = stages[name].fallback if name in stages else None
        if each.state == "failed" and stand_in is not None and instance_id(stand_in, path) in answers:
            answers[each.id] = _kept(each, "failed")
    return answers


def _kept(record: StageRecord, state: str) -> StageKept:
    ended: Literal["success", "failed"] = "failed" if state == "failed" else "success"
    return StageKept(record.id, ended, record.attempts, record.returned, record.cached)


def downstream(pipeline: Pipeline, stages: Collection[str]) -> set[str]:
    """These and all that waits for them, at any distance."""
    consumers: dict[str, list[str]] = {}
    for stage, sources in waits(pipeline).items():
        for source in sources:
            consumers.setdefault(source, []).append(stage)
    found, waiting = set(stages), list(stages)
    while waiting:
        new = set(consumers.get(waiting.pop(), ())) - found
        found |= new
        waiting += sorted(new)
    return found


#: What can change about a stage: words for it, and what to compare.
_ASPECTS: Mapping[str, Callable[[Pipeline, Stage], object]] = {
    "its code has": stage_code,
    "its inputs have": lambda _, stage: ([meaning(each) for each in stage.inputs], stage.after),
    "its outputs have": lambda _, stage: ([meaning(each) for each in stage.outputs], meaning(stage.result)),
    "the blocks around it have": lambda pipeline, stage: [
        meaning(each) for each in blocks_around(pipeline, stage.block)
    ],
}


def _changes(before: Pipeline, today: Pipeline, run: RunRecord, names: Collection[str]) -> Iterator[Diagnostic]:
    stages = {stage.id: stage for stage in today.stages}
    for old in (each for each in before.stages if each.id in names):
        new = stages.get(old.id)
        if new is None:
            yield StageGone(run=run.id, stage=old.id)
            continue
        what = next((words for words, of in _ASPECTS.items() if of(before, old) != of(today, new)), None)
        if what is not None:
            yield StageChanged(span=new.span, run=run.id, stage=old.id, what=what)
    kinds = ({each.name: meaning(each.type) for each in pipeline.parameters} for pipeline in (before, today))
    old_kinds, new_kinds = kinds
    changed = [name for name in {**old_kinds, **new_kinds} if old_kinds.get(name) != new_kinds.get(name)]
    if changed:
        yield ParametersChanged(span=today.span, run=run.id, names=quoted(changed))
