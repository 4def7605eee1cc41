"""PPC150-156: branches, what decides about them, and where they meet."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.conditions import (
    ArtifactInPredicate,
    DeadBranch,
    IllTypedPredicate,
    NeverTogether,
)
from portable_pipeline.diagnostics.catalog.joins import BadJoin, JoinDecides, OpenJoin
from portable_pipeline.ir import (
    ArtifactRef,
    Branch,
    Compare,
    Constant,
    FirstOf,
    Not,
    Pipeline,
    Predicate,
    ResultRef,
    Stage,
)
from portable_pipeline.ir.control import operands
from portable_pipeline.ir.value_types import ValueTypes, artifacts_of, value_types
from portable_pipeline.validate.arguments import written
from portable_pipeline.validate.assignable import assignable
from portable_pipeline.validate.comparisons import incomparable
from portable_pipeline.validate.facts import (
    NOTHING,
    Facts,
    brought_along,
    contradictory,
    facts_around,
    facts_of,
    needed_facts,
)
from portable_pipeline.validate.type_names import type_name
from portable_pipeline.validate.uses import deciding, made_by_stages


def bad_predicates(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Predicates on artifacts, and comparisons that make no sense."""
    for block in pipeline.blocks:
        if not isinstance(block, Branch) or block.otherwise_of is not None:
            continue
        for operand in operands(block.predicate):
            if artifacts_of(operand.value):
                yield ArtifactInPredicate(span=block.span, value=written(operand.value))
        for comparison in _comparisons(block.predicate):
            reason = incomparable(comparison) if not _is_constant(comparison) else None
            if reason is not None:
                yield IllTypedPredicate(
                    span=block.span,
                    operator=comparison.operator,
                    left=f"`{type_name(comparison.left.type)}`",
                    right=f"`{type_name(comparison.right.type)}`",
                    reason=reason,
                )


def deciding_joins(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Joins that decide about blocks, which are for stages to take."""
    for use in deciding(pipeline):
        if isinstance(use.value, FirstOf):
            yield JoinDecides(span=use.span, value=written(use.value))


def dead_branches(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Branches that no run decides about."""
    blocks = {block.id: block for block in pipeline.blocks}
    for block in pipeline.blocks:
        if not isinstance(block, Branch):
            continue
        if block.otherwise_of is None and any(map(_is_constant, _comparisons(block.predicate))):
            yield DeadBranch(span=block.span, reason="a comparison in it has constants only")
            continue
        outer = facts_around(blocks, block.parent)
        own = facts_of(block.predicate, block.otherwise_of is None)
        if contradictory(own):
            yield DeadBranch(span=block.span, reason="its predicate contradicts itself")
        elif contradictory(own | outer) and not contradictory(outer):
            yield DeadBranch(span=block.span, reason="its predicate contradicts that of a branch around it")


def never_together(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Stages that need what is not there when they could run."""
    if not any(isinstance(block, Branch) for block in pipeline.blocks):
        return
    known = needed_facts(pipeline)
    if known is None:
        return
    stages = {stage.id: stage for stage in pipeline.stages}
    blocks = {block.id: block for block in pipeline.blocks}
    for stage in pipeline.stages:
        own = facts_around(blocks, stage.block)
        brought = list(brought_along(stage, blocks, stages, known))
        if not contradictory(known[stage.id]) or contradictory(own) or any(contradictory(each) for _, each in brought):
            continue
        yield _never(stage, own, brought)


def _never(stage: Stage, own: Facts, brought: list[tuple[str, Facts]]) -> NeverTogether:
    for name, facts in brought:
        if contradictory(own | facts):
            return NeverTogether(
                span=_span(stage, name),
                stage=stage.id,
                reason=f"it needs `{name}`, which runs only where it does not",
                advice_on_it="move one of them, or join what both branches make with `first_of(...)`",
            )
    for (one, facts), (other, more) in itertools.combinations(brought, 2):
        if contradictory(facts | more):
            return NeverTogether(
                span=_span(stage, other),
                stage=stage.id,
                reason=f"it needs `{one}` and `{other}`, of which at most one runs",
                advice_on_it=f"join them: `first_of({one}, {other})`",
            )
    reason = "what it needs is never there together"
    return NeverTogether(span=stage.span, stage=stage.id, reason=reason, advice_on_it="join branches with `first_of`")


def open_joins(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Joins whose options may all run."""
    if not any(isinstance(given.value, FirstOf) for stage in pipeline.stages for given in stage.inputs):
        return
    known = needed_facts(pipeline) or {}
    for stage in pipeline.stages:
        for given in stage.inputs:
            if not isinstance(given.value, FirstOf):
                continue
            for one, other in itertools.combinations(given.value.options, 2):
                facts = known.get(one.stage, NOTHING) | known.get(other.stage, NOTHING)
                if one.stage in known and other.stage in known and not contradictory(facts):
                    span = given.span or stage.span
                    yield OpenJoin(span=span, one=written(one).strip("`"), other=written(other).strip("`"))
                    break


def bad_joins(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Joins of things that are not alike."""
    types = value_types(pipeline)
    stages = {stage.id: stage for stage in pipeline.stages}
    for stage in pipeline.stages:
        for given in stage.inputs:
            reason = _unlike(given.value, types, stages) if isinstance(given.value, FirstOf) else None
            if reason is not None:
                yield BadJoin(span=given.span or stage.span, reason=reason)


def _unlike(join: FirstOf, types: ValueTypes, stages: Mapping[str, Stage]) -> str | None:
    if len(join.options) < 2:
        return "there are fewer than two"
    first = join.options[0]
    for option in join.options[1:]:
        if type(option) is not type(first):
            return f"{written(first)} and {written(option)} are a result and an artifact"
        if isinstance(option, ArtifactRef) and isinstance(first, ArtifactRef):
            one, other = _kind(first, stages), _kind(option, stages)
            if one is not None and other is not None and one != other and "Artifact" not in (one, other):
                return f"{written(first)} is a {one}, {written(option)} a {other}"
        elif isinstance(option, ResultRef):
            left, right = types.of(first), types.of(option)
            if left is not None and right is not None and not (assignable(left, right) or assignable(right, left)):
                return f"{written(first)} is `{type_name(left)}`, {written(option)} `{type_name(right)}`"
    return None


def _kind(value: ArtifactRef, stages: Mapping[str, Stage]) -> str | None:
    outputs = stages[value.stage].outputs if value.stage in stages else ()
    return next((output.artifact for output in outputs if output.name == value.output), None)


def _comparisons(predicate: Predicate) -> tuple[Compare, ...]:
    if isinstance(predicate, Compare):
        return (predicate,)
    items = (predicate.item,) if isinstance(predicate, Not) else predicate.items
    return tuple(each for item in items for each in _comparisons(item))


def _is_constant(comparison: Compare) -> bool:
    return isinstance(comparison.left.value, Constant) and isinstance(comparison.right.value, Constant)


def _span(stage: Stage, source: str) -> Span | None:
    """Where the stage takes what the source makes."""
    for given in stage.inputs:
        if any(made.stage == source for made in made_by_stages(given.value)):
            return given.span or stage.span
    return stage.span
