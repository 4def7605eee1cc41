"""PPC140-142: blocks, each on its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.scopes import BadParallelism, BrokenBlock, EmptyBlock
from portable_pipeline.ir import Block, Branch, Loop, Pipeline
from portable_pipeline.ir.control import around


def broken_blocks(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Blocks and stages that name a block that is not there, or comes later; ids that are taken."""
    taken = Counter(each.id for each in (*pipeline.stages, *pipeline.blocks))
    seen: dict[str, Block] = {}
    for block in pipeline.blocks:
        what = f"block `{block.id}`"
        if taken[block.id] > 1:
            yield BrokenBlock(span=block.span, what=what, reason="has an id that something else has too")
        if block.parent is not None and block.parent not in seen:
            yield BrokenBlock(span=block.span, what=what, reason=f"names `{block.parent}`, and no such block is before")
        if isinstance(block, Branch) and block.otherwise_of is not None:
            other = seen.get(block.otherwise_of)
            if not isinstance(other, Branch) or (other.parent, other.predicate) != (block.parent, block.predicate):
                yield BrokenBlock(span=block.span, what=what, reason=f"is not the other of `{block.otherwise_of}`")
        if isinstance(block, Loop) and not block.items:
            yield BrokenBlock(span=block.span, what=what, reason="has no list to go through")
        seen[block.id] = block
    for stage in pipeline.stages:
        if stage.block is not None and stage.block not in seen:
            what = f"stage `{stage.id}`"
            yield BrokenBlock(span=stage.span, what=what, reason=f"names `{stage.block}`, and there is no such block")


def empty_blocks(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Blocks without stages; of those in each other the outermost."""
    by_id = {block.id: block for block in pipeline.blocks}
    filled = {block.id for stage in pipeline.stages for block in around(by_id, stage.block)}
    for block in pipeline.blocks:
        if block.id not in filled and (block.parent is None or block.parent in filled):
            yield EmptyBlock(span=block.span)


def bad_parallelism(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Loops of which no item may run."""
    for block in pipeline.blocks:
        if isinstance(block, Loop) and block.max_parallel is not None and block.max_parallel < 1:
            yield BadParallelism(span=block.span, given=block.max_parallel)
