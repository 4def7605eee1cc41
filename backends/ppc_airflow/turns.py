"""`max_parallel` where Airflow's own bound is none: items of a loop wait for their turn."""

from __future__ import annotations

from dataclasses import replace

from portable_pipeline.ir import Loop, Pipeline, Stage
from portable_pipeline.ir.control import loops_around
from portable_pipeline.ir.loops import holding_loops
from ppc_airflow.nodes import CopyOf, EntryOf, Node, Nodes, TurnOf, in_order

#: What no item begins with: it tells of the items around.
_PASSING = TurnOf | EntryOf | CopyOf


def bound(loop: Loop, pipeline: Pipeline) -> int | None:
    """`max_parallel`, but of a loop that holds another one: its items could not end one by one (M5.outer)."""
    return None if loop.id in holding_loops(pipeline) else loop.max_parallel


def needs_turns(loop: Loop, pipeline: Pipeline) -> bool:
    """Whether Airflow's own bound of a task's instances would not bound a loop's items.

    It counts those that run. An item goes on between its stages, and while one of them waits for its next attempt.
    """
    stages = stages_in(loop, pipeline)
    return bound(loop, pipeline) is not None and (len(stages) > 1 or any(each.retry.retries for each in stages))


def stages_in(loop: Loop, pipeline: Pipeline) -> tuple[Stage, ...]:
    """The stages of a loop's body."""
    blocks = {block.id: block for block in pipeline.blocks}
    return tuple(stage for stage in pipeline.stages if loop in loops_around(blocks, stage.block))


def in_turn(given: Nodes) -> Nodes:
    """The same tasks; what an item begins with comes after its turn."""
    nodes = given.by_id
    turns = {node.group: node.id for node in nodes.values() if isinstance(node.body, TurnOf)}
    found: dict[str, Node] = {}
    for node in nodes.values():
        begins = not isinstance(node.body, _PASSING) and not any(
            nodes[id].group == node.group and not isinstance(nodes[id].body, _PASSING) for id in node.upstream
        )
        if begins and node.group in turns:
            turn = turns[node.group]
            found[node.id] = replace(node, needs=(turn, *node.needs), order=(turn, *node.order))
        else:
            found[node.id] = node
    return replace(given, by_id=in_order(found, given.blocks))
