"""Queries on a pipeline's blocks: what is around what, and what decides about it. They cope with any IR."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portable_pipeline.ir.blocks import Block, Branch, Loop
from portable_pipeline.ir.graph import stages_of, upstream
from portable_pipeline.ir.pipeline import Pipeline, Stage
from portable_pipeline.ir.predicates import Compare, Not, Operand, Predicate
from portable_pipeline.ir.values import Value


def operands(predicate: Predicate) -> tuple[Operand, ...]:
    """Both sides of each comparison in it, in order."""
    if isinstance(predicate, Compare):
        return predicate.left, predicate.right
    items = (predicate.item,) if isinstance(predicate, Not) else predicate.items
    return tuple(each for item in items for each in operands(item))


def values_of(block: Block) -> tuple[Value, ...]:
    """What decides about the block: the operands of its predicate, or what it runs over."""
    match block:
        case Branch():
            return tuple(each.value for each in operands(block.predicate))
        case Loop():
            return tuple(each.value for each in block.items)
    return ()


def block_upstream(block: Block) -> tuple[str, ...]:
    """Ids of the stages that must end before the block is decided, each once."""
    return tuple(dict.fromkeys(source for value in values_of(block) for source in stages_of(value)))


def around(blocks: Mapping[str, Block], innermost: str | None) -> tuple[Block, ...]:
    """The blocks from the outermost to the one of that id; as far as they are there, each once.

    Args:
        blocks: All of them, by id.
    """
    found: dict[str, Block] = {}
    at = innermost
    while at is not None and at in blocks and at not in found:
        found[at] = blocks[at]
        at = blocks[at].parent
    return tuple(reversed(found.values()))


def blocks_around(pipeline: Pipeline, innermost: str | None) -> tuple[Block, ...]:
    """`around`, for a single question."""
    return around({block.id: block for block in pipeline.blocks}, innermost) if innermost is not None else ()


def loops_around(blocks: Mapping[str, Block], innermost: str | None) -> tuple[Loop, ...]:
    """The loops among `around`, the outermost first."""
    return tuple(block for block in around(blocks, innermost) if isinstance(block, Loop))


def waits(pipeline: Pipeline) -> dict[str, tuple[str, ...]]:
    """For each stage the ids of all that must have ended before it is decided, each once.

    These are its upstream, what the blocks around it need, its primary where it stands in for one, and the stand-ins
    of all of these.
    """
    blocks = {block.id: block for block in pipeline.blocks}
    stand_ins = {stage.id: stage.fallback for stage in pipeline.stages if stage.fallback is not None}
    return {
        stage.id: tuple(dict.fromkeys(_with_stand_ins(stage, _direct(stage, blocks), stand_ins)))
        for stage in pipeline.stages
    }


def _direct(stage: Stage, blocks: Mapping[str, Block]) -> Iterator[str]:
    yield from upstream(stage)
    for block in around(blocks, stage.block):
        yield from block_upstream(block)
    if stage.stands_in_for is not None:
        yield stage.stands_in_for


def _with_stand_ins(stage: Stage, sources: Iterator[str], stand_ins: Mapping[str, str]) -> Iterator[str]:
    for source in sources:
        yield source
        if source in stand_ins and source != stage.stands_in_for:
            yield stand_ins[source]
