"""Loops in loops: which mapped group each task is in, and what it takes to get from one group to another.

Airflow expands no group in a mapped group. So a loop in a loop becomes a mapped group of its own, over the items of all
outer items, and what the outer loop has after it becomes a further group over the outer items. Between mapped groups,
Airflow's edges mean all instances: where a task needs the one for its own item, a task in its group (`CopyOf`,
`CollectedOf`) comes after all of them and ends as that one has ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from portable_pipeline.ir import Block, Stage
from portable_pipeline.ir.control import loops_around
from portable_pipeline.ir.loops import LoopNeeds
from ppc_airflow.nodes import (
    CollectedOf,
    CopyOf,
    EitherOf,
    EndOf,
    EntryOf,
    Node,
    Nodes,
    before,
    copy_id,
    end_id,
    entry_id,
    in_order,
    innermost_loop,
)

Group = tuple[str, int]


def grouped(given: Nodes) -> Nodes:
    """The same tasks in their groups, with those that it takes between the groups."""
    blocks = given.blocks
    groups = _groups(in_order(given.by_id, blocks), blocks)
    placed = {id: replace(node, group=groups.get(id)) for id, node in given.by_id.items()}
    found: dict[str, Node] = {}
    for each in placed.values():
        node = _without_entry(each, placed, blocks)
        copies = dict(_copies(node, placed, blocks))
        found |= {copy.id: copy for copy in copies.values()}
        found[node.id] = _with_copies(node, {id: copy.id for id, copy in copies.items()})
    needed = {each for node in found.values() for each in node.upstream}
    found = {id: node for id, node in found.items() if id in needed or not isinstance(node.body, EntryOf)}
    loops = {node.group: innermost_loop(blocks, node.block) for node in found.values()}
    needs = LoopNeeds(given.pipeline)
    skippable = {loop.id for loop in loops.values() if loop is not None and needs.may_be_skipped(loop.id)}
    found |= {each.id: each for each in (*_ends(found, blocks), *_hidden(found, blocks, skippable))}
    return Nodes(
        given.pipeline,
        blocks,
        in_order(found, blocks),
        {group: loop for group, loop in loops.items() if group is not None and loop is not None},
    )


def _groups(nodes: Mapping[str, Node], blocks: Mapping[str, Block]) -> dict[str, str]:
    """The mapped group of each task in a loop.

    In Airflow's view, and in the text of the file, of two groups only one may come after the other.
    """
    numbered = _numbered(nodes, blocks)
    names = _names({*numbered.values()})
    return {id: names[group] for id, group in numbered.items()}


def _numbered(nodes: Mapping[str, Node], blocks: Mapping[str, Block]) -> dict[str, Group]:
    """The loop of each task in a loop, and a number: that of its group among those of the loop.

    The number tells how often the ways to the task have left the loop. A loop in the loop counts as one task there,
    which comes after all that any of its tasks comes after: validation has seen to it that there is an order of those.
    """
    least: dict[tuple[str, str], int] = {}  # by the loop that counts as one, and the loop around
    for _ in nodes:
        counts: dict[str, dict[str, int]] = {}  # by task, and by loop
        risen = dict(least)
        for node in nodes.values():
            around = loops_around(blocks, node.block)
            here = around[-1].id if around else node.id
            pairs = [(loop.id, outer.id) for depth, loop in enumerate(around) for outer in around[:depth]]
            count = {each.id: 0 for each in around}
            for loop, outer in pairs:
                count[outer] = max(count[outer], least.get((loop, outer), 0))
            for other in before(node, blocks):
                loop_of = innermost_loop(blocks, nodes[other].block)
                there = other if loop_of is None else loop_of.id
                for each, number in counts[other].items():
                    count[each] = max(count.get(each, 0), number + (here != there == each))
            counts[node.id] = count
            for loop, outer in pairs:
                risen[loop, outer] = max(risen.get((loop, outer), 0), count[outer])
        if risen == least:
            innermost = ((id, innermost_loop(blocks, node.block)) for id, node in nodes.items())
            return {id: (loop.id, counts[id][loop.id]) for id, loop in innermost if loop is not None}
        least = risen
    raise ValueError("loops need each other")


def _names(groups: set[Group]) -> dict[Group, str]:
    """The loop's own id for its first group; further ones have their number."""
    found: dict[Group, str] = {}
    numbers: dict[str, int] = {}
    for loop, level in sorted(groups):
        numbers[loop] = number = numbers.get(loop, 0) + 1
        found[loop, level] = loop if number == 1 else f"{loop}-part{number}"
    return found


def _without_entry(node: Node, nodes: Mapping[str, Node], blocks: Mapping[str, Block]) -> Node:
    """A task does not need the entry of its loop if it needs a copy from outside, which is behind one."""
    loop = innermost_loop(blocks, node.block)
    if loop is None or entry_id(loop.id) not in node.needs:
        return node
    around = loops_around(blocks, loop.parent)
    behind = {id for id in node.upstream if innermost_loop(blocks, nodes[id].block) in around}
    if not any(behind.issuperset(group) for group in (*((each,) for each in node.needs), *node.options)):
        return node
    needs, order = (tuple(id for id in ids if id != entry_id(loop.id)) for ids in (node.needs, node.order))
    return replace(node, needs=needs, order=order)


def _copies(node: Node, nodes: Mapping[str, Node], blocks: Mapping[str, Block]) -> Iterator[tuple[str, Node]]:
    """The tasks that end in its group as others have ended for the same item, by the ids of these."""
    if node.group is None:
        return
    around = loops_around(blocks, node.block)
    for id in node.upstream:
        other = nodes[id]
        if other.group not in (None, node.group) and innermost_loop(blocks, other.block) in around:
            here = copy_id(id, node.group)
            yield id, Node(here, CopyOf(id, around[-1]), around[-1].id, waits=(id,), order=(id,), group=node.group)


def _with_copies(node: Node, copies: Mapping[str, str]) -> Node:
    """The task after copies rather than what they are of."""

    def here(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(copies.get(id, id) for id in ids)

    return replace(
        node,
        needs=here(node.needs),
        options=tuple(map(here, node.options)),
        waits=here(node.waits),
        order=here(node.order),
        copies=copies,
    )


def _ends(nodes: Mapping[str, Node], blocks: Mapping[str, Block]) -> Iterator[Node]:
    """What fails with a task that only has copies in loops in its loop: these may run for no item at all."""
    inward: set[str] = set()
    seen: set[str] = set()
    for node in nodes.values():
        body = node.body
        if isinstance(body, CopyOf) and body.loop != innermost_loop(blocks, nodes[body.source].block):
            inward.add(body.source)
        else:
            seen |= {*node.upstream}
    for id in nodes:
        node = nodes[id]
        if id in inward - seen and isinstance(node.body, Stage | EitherOf | CollectedOf):
            yield Node(end_id(id), EndOf(id), node.block, needs=(id,), order=(id,), group=node.group)


def _hidden(nodes: Mapping[str, Node], blocks: Mapping[str, Block], skippable: set[str]) -> Iterator[Node]:
    """What fails with a task that only loops come after which Airflow may skip: of these all tasks, whatever fails."""
    after: dict[str, set[str | None]] = {}
    for node in nodes.values():
        for id in before(node, blocks):
            after.setdefault(id, set()).add(_outermost(node, blocks))
    for id, loops in after.items():
        node = nodes[id]
        if None not in loops and loops <= skippable - {_outermost(node, blocks)}:
            yield Node(end_id(id), EndOf(id), node.block, needs=(id,), order=(id,), group=node.group)


def _outermost(node: Node, blocks: Mapping[str, Block]) -> str | None:
    loops = loops_around(blocks, node.block)
    return loops[0].id if loops else None
