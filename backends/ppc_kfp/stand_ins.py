"""Stand-ins as KFP can have them: a task that always runs, and hands on what its primary gave unless that failed.

KFP starts nothing after a task that has failed, save at the very end of a run. So the task of a primary succeeds even
when its stage has failed for good, and says so in an output; the task of the stand-in takes that output and all others;
and whoever names the primary gets what the stand-in's task gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

from portable_pipeline.ir import ArtifactRef, Pipeline, ResultRef, Stage, Type
from portable_pipeline.ir.base import Node

_Node = TypeVar("_Node", bound=Node)


def through_stand_ins(pipeline: Pipeline) -> Pipeline:
    """The pipeline with stand-ins after their primaries, and consumers of primaries after the stand-ins."""
    stand_ins = {each.id: each.fallback for each in pipeline.stages if each.fallback is not None}
    if not stand_ins:
        return pipeline
    return pipeline.model_copy(
        update={
            "stages": tuple(_placed(_redirected(each, stand_ins), stand_ins) for each in pipeline.stages),
            "blocks": tuple(_redirected(each, stand_ins) for each in pipeline.blocks),
        }
    )


def results(pipeline: Pipeline) -> Mapping[str, Type | None]:
    """The type of what each stage's task gives: that of a stand-in gives what consumers take as its primary's."""
    own = {each.id: each.result for each in pipeline.stages}
    primaries = {each.id: each.stands_in_for for each in pipeline.stages if each.stands_in_for is not None}
    return {id: (own.get(primaries[id]) or result) if id in primaries else result for id, result in own.items()}


def primary_of(pipeline: Pipeline, stage: Stage) -> Stage | None:
    """The stage that it stands in for."""
    if stage.stands_in_for is None:
        return None
    return next(each for each in pipeline.stages if each.id == stage.stands_in_for)


def _placed(stage: Stage, stand_ins: Mapping[str, str]) -> Stage:
    after = tuple(stand_ins.get(each, each) for each in stage.after)
    if stage.stands_in_for is not None:
        after = (*after, stage.stands_in_for)
    return stage.model_copy(update={"after": after})


def _redirected(node: _Node, stand_ins: Mapping[str, str]) -> _Node:
    """The node with references to stand-ins where it refers to their primaries."""
    if isinstance(node, ResultRef | ArtifactRef):
        return cast("_Node", node.model_copy(update={"stage": stand_ins.get(node.stage, node.stage)}))
    changed: dict[str, object] = {}
    for name in type(node).model_fields:
        value = getattr(node, name)
        if isinstance(value, Node):
            changed[name] = _redirected(value, stand_ins)
        elif isinstance(value, tuple) and any(isinstance(each, Node) for each in value):
            changed[name] = tuple(_redirected(each, stand_ins) if isinstance(each, Node) else each for each in value)
    return node.model_copy(update=changed) if changed else node
