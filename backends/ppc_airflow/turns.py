"""`max_parallel` where Airflow's own bound is none: items of a loop wait for their turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from portable_pipeline.ir import Block, Loop, Pipeline, Stage
from portable_pipeline.ir.control import loops_around
from ppc_airflow.nodes import Node, TurnOf


def needs_turns(loop: Loop, pipeline: Pipeline) -> bool:
    """Whether Airflow's own bound of a task's instances would not bound a loop's items.

    It counts those that run. An item goes on between its stages, and while one of them waits for its next attempt.
    """
    stages = stages_in(loop, pipeline)
    return loop.max_parallel is not None and (len(stages) > 1 or any(each.retry.retries for each in stages))


def stages_in(loop: Loop, pipeline: Pipeline) -> tuple[Stage, ...]:
    """The stages of a loop's body."""
    blocks = {block.id: block for block in pipeline.blocks}
    return tuple(stage for stage in pipeline.stages if loop in loops_around(blocks, stage.block))


def in_turn(found: list[Node], blocks: Mapping[str, Block]) -> Iterator[Node]:
    """The tasks; what an item begins with comes after its turn."""
    turns = {each.body.loop.id: each.id for each in found if isinstance(each.body, TurnOf)}
    loops = {each.id: loop.id for each in found for loop in loops_around(blocks, each.block)[-1:]}
    for each in found:
        turn = turns.get(loops.get(each.id, ""), each.id)
        if turn == each.id or any(loops.get(before) == loops[each.id] for before in each.upstream):
            yield each
        else:
            yield replace(each, needs=(turn, *each.needs), order=(turn, *each.order))
