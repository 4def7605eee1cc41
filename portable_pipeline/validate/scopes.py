"""PPC143-146: what belongs to the items of a loop, and is used elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.scopes import CollectedInside, ItemOutsideLoop, LoopReentered, OutsideLoop
from portable_pipeline.ir import ArtifactRef, Block, Collected, FirstOf, ItemRef, Loop, Pipeline, ResultRef, Value
from portable_pipeline.ir.control import around, loops_around, waits
from portable_pipeline.validate.arguments import written
from portable_pipeline.validate.uses import Use, uses


def outside_of_loops(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Items and stages of loops that are used outside of them, and `collect` that does not fit."""
    scopes = _Scopes(pipeline)
    for use in uses(pipeline):
        yield from scopes.misplaced(use)


class _Scopes:
    def __init__(self, pipeline: Pipeline) -> None:
        self._blocks: Mapping[str, Block] = {block.id: block for block in pipeline.blocks}
        self._homes = {stage.id: stage.block for stage in pipeline.stages}

    def misplaced(self, use: Use) -> Iterator[Diagnostic]:
        here = [loop.id for loop in loops_around(self._blocks, use.block)]
        match use.value:
            case ItemRef():
                if use.value.loop not in here:
                    yield ItemOutsideLoop(span=use.span, value=written(use.value), where=use.where)
            case ResultRef() | ArtifactRef():
                yield from self._left_behind(use, use.value, self._loops(use.value.stage), here)
            case FirstOf():
                for option in use.value.options:
                    yield from self._left_behind(use, option, self._loops(option.stage), here)
            case Collected():
                yield from self._collected(use, use.value, here)

    def _loops(self, stage: str) -> list[str]:
        return [loop.id for loop in loops_around(self._blocks, self._homes.get(stage))]

    def _collected(self, use: Use, value: Collected, here: list[str]) -> Iterator[Diagnostic]:
        inner: Value = value
        levels: list[str] = []
        while isinstance(inner, Collected):
            levels.append(inner.loop)
            inner = inner.of
        assert isinstance(inner, ResultRef | ArtifactRef), "that is all that is left"
        levels.reverse()
        loops = self._loops(inner.stage)
        if levels != loops[::-1][: len(levels)]:
            reason = f"`{inner.stage}` does not stand in as many loops"
            yield CollectedInside(span=use.span, value=written(value), where=use.where, reason=reason)
            return
        if any(loop in here for loop in levels):
            reason = "the loop is not over there"
            yield CollectedInside(span=use.span, value=written(value), where=use.where, reason=reason)
            return
        yield from self._left_behind(use, value, loops[: len(loops) - len(levels)], here)

    def _left_behind(self, use: Use, value: Value, loops: list[str], here: list[str]) -> Iterator[Diagnostic]:
        missing = [loop for loop in loops if loop not in here]
        if missing:
            collected = "collect(" * len(missing) + written(value).strip("`") + ")" * len(missing)
            yield OutsideLoop(span=use.span, value=written(value), where=use.where, suggestion=collected)


def reentered_loops(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Loops with a stage that needs a stage outside, which needs one of the loop."""
    spans = {block.id: block.span for block in pipeline.blocks}
    yield from (LoopReentered(span=spans[loop], outside=back) for loop, back in reentered(pipeline).items())


def reentered(pipeline: Pipeline) -> dict[str, str]:
    """The ids of such loops, each with that of the stage outside."""
    blocks = {block.id: block for block in pipeline.blocks}
    found: dict[str, str] = {}
    members: dict[str, set[str]] = defaultdict(set)
    for stage in pipeline.stages:
        for block in around(blocks, stage.block):
            if isinstance(block, Loop):
                members[block.id].add(stage.id)
    if not members:
        return found
    needs = waits(pipeline)
    needed: dict[str, list[str]] = defaultdict(list)
    for name, sources in needs.items():
        for source in sources:
            needed[source].append(name)
    for loop, inside in members.items():
        after = _reached([each for name in inside for each in needed[name] if each not in inside], needed, inside)
        back = next((each.id for each in pipeline.stages if each.id in after and inside & {*needed[each.id]}), None)
        if back is not None:
            found[loop] = back
    return found


def _reached(starts: list[str], edges: Mapping[str, list[str]], without: set[str]) -> set[str]:
    found: set[str] = set()
    work = list(starts)
    while work:
        name = work.pop()
        if name not in found and name not in without:
            found.add(name)
            work += edges.get(name, ())
    return found
