"""Queries on stand-ins. They cope with any IR."""

from __future__ import annotations

from collections.abc import Iterator

from portable_pipeline.ir.control import blocks_around, values_of
from portable_pipeline.ir.graph import stages_of, upstream
from portable_pipeline.ir.pipeline import Pipeline, Stage
from portable_pipeline.ir.values import FirstOf


def needing_more(pipeline: Pipeline) -> Iterator[Stage]:
    """Stand-ins that need a stage which may have failed although their primary has succeeded."""
    stages = {stage.id: stage for stage in pipeline.stages}
    for stage in pipeline.stages:
        primary = stages.get(stage.stands_in_for) if stage.stands_in_for is not None else None
        if primary is not None and not _succeeded_before(primary, pipeline).issuperset(upstream(stage)):
            yield stage


def _succeeded_before(stage: Stage, pipeline: Pipeline) -> set[str]:
    """Ids of all that has succeeded, itself or by its stand-in, when the stage starts: not of what is joined."""
    stages = {each.id: each for each in pipeline.stages}
    seen: set[str] = set()
    waiting = [stage]
    while waiting:
        at = waiting.pop()
        values = [each.value for each in at.inputs]
        values += [value for block in blocks_around(pipeline, at.block) for value in values_of(block)]
        sure = (value for value in values if not isinstance(value, FirstOf))
        sources = {*at.after, *(each for value in sure for each in stages_of(value))} & stages.keys()
        waiting += [stages[each] for each in sorted(sources - seen)]
        seen |= sources
    return seen
