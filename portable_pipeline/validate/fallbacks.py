"""PPC157-159: stages that stand in for others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.fallbacks import MisplacedFallback, StandInUsed, UnlikeFallback
from portable_pipeline.ir import Block, Group, Pipeline, Stage
from portable_pipeline.ir.control import around
from portable_pipeline.ir.graph import upstream
from portable_pipeline.validate.assignable import assignable
from portable_pipeline.validate.type_names import type_name
from portable_pipeline.validate.uses import deciding, made_by_stages


def unlike_fallbacks(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Stand-ins that do not give what consumers of their primaries take."""
    for primary, stand_in in _pairs(pipeline):
        reason = _difference(primary, stand_in)
        if reason is not None:
            yield UnlikeFallback(span=stand_in.span, stand_in=stand_in.id, primary=primary.id, reason=reason)


def misplaced_fallbacks(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Stand-ins in another block, or that need their primaries, or that the two do not agree upon."""
    stages = {stage.id: stage for stage in pipeline.stages}
    blocks = {block.id: block for block in pipeline.blocks}
    for stage in pipeline.stages:
        other = stages.get(stage.fallback) if stage.fallback is not None else None
        if stage.fallback is not None and (other is None or other.stands_in_for != stage.id or other is stage):
            yield MisplacedFallback(
                span=stage.span, stand_in=stage.fallback, primary=stage.id, reason="it does not stand in for it"
            )
        primary = stages.get(stage.stands_in_for) if stage.stands_in_for is not None else None
        if stage.stands_in_for is not None and (primary is None or primary.fallback != stage.id):
            yield MisplacedFallback(
                span=stage.span, stand_in=stage.id, primary=stage.stands_in_for, reason="it is not its fallback"
            )
    for primary, stand_in in _pairs(pipeline):
        reason = _displacement(primary, stand_in, blocks)
        if reason is not None:
            yield MisplacedFallback(span=stand_in.span, stand_in=stand_in.id, primary=primary.id, reason=reason)


def used_stand_ins(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Stages and blocks that need a stand-in itself."""
    primaries = {stage.id: stage.stands_in_for for stage in pipeline.stages if stage.stands_in_for is not None}
    if not primaries:
        return
    for stage in pipeline.stages:
        spans = {ref.stage: given.span for given in stage.inputs for ref in made_by_stages(given.value)}
        for source in upstream(stage):
            if source in primaries:
                yield StandInUsed(
                    span=spans.get(source) or stage.span,
                    where=f"stage `{stage.id}`",
                    stand_in=source,
                    primary=primaries[source],
                )
    for use in deciding(pipeline):
        for ref in made_by_stages(use.value):
            if ref.stage in primaries:
                yield StandInUsed(span=use.span, where=use.where, stand_in=ref.stage, primary=primaries[ref.stage])


def _pairs(pipeline: Pipeline) -> Iterator[tuple[Stage, Stage]]:
    stages = {stage.id: stage for stage in pipeline.stages}
    for primary in pipeline.stages:
        if primary.fallback is not None and primary.fallback in stages and primary.fallback != primary.id:
            yield primary, stages[primary.fallback]


def _difference(primary: Stage, stand_in: Stage) -> str | None:
    if primary.result is not None:
        if stand_in.result is None:
            return f"it returns nothing, not `{type_name(primary.result)}`"
        if not assignable(stand_in.result, primary.result):
            return f"it returns `{type_name(stand_in.result)}`, not `{type_name(primary.result)}`"
    kinds = {output.name: output.artifact for output in stand_in.outputs}
    for output in primary.outputs:
        if output.name not in kinds:
            return f"it writes no `{output.name}`"
        if kinds[output.name] != output.artifact and "Artifact" not in (kinds[output.name], output.artifact):
            return f"its `{output.name}` is a {kinds[output.name]}, not a {output.artifact}"
    return None


def _displacement(primary: Stage, stand_in: Stage, blocks: Mapping[str, Block]) -> str | None:
    if _deciding_blocks(primary, blocks) != _deciding_blocks(stand_in, blocks):
        return "it is in another block"
    if stand_in.fallback is not None or primary.stands_in_for is not None:
        return "a stand-in has none itself"
    return f"it needs `{primary.id}`" if primary.id in upstream(stand_in) else None


def _deciding_blocks(stage: Stage, blocks: Mapping[str, Block]) -> list[str]:
    return [block.id for block in around(blocks, stage.block) if not isinstance(block, Group)]
