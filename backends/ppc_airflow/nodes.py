"""The tasks that a DAG needs: one for each stage, and those that decide about stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from heapq import heappop, heappush

from portable_pipeline.ir import (
    Block,
    Branch,
    Loop,
    Pipeline,
    Stage,
)
from portable_pipeline.ir.control import loops_around


@dataclass(frozen=True, slots=True)
class Gate:
    """Succeeds if a branch is to run, else it is skipped; what comes after it follows."""

    branch: Branch


@dataclass(frozen=True, slots=True)
class ItemsOf:
    """Returns what a loop runs over."""

    loop: Loop


@dataclass(frozen=True, slots=True)
class TurnOf:
    """Holds back an item of a loop until fewer than its `max_parallel` of those before it are in progress.

    Args:
        stages: Ids of the body's stages.
    """

    loop: Loop
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FailedOf:
    """Succeeds if a stage has failed itself, so that its stand-in runs."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class EitherOf:
    """Gives what a stage gave or, where that failed, its stand-in."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class InputsOf:
    """Comes after what a stand-in takes; where that fails, the run fails, also if the stand-in is not needed."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class AllItemsOf:
    """Returns what a loop in a loop runs over, for each item of the one around."""

    loop: Loop


@dataclass(frozen=True, slots=True)
class EntryOf:
    """Ends, in a loop in a loop, as the task with the loop's items has ended for the item around."""

    loop: Loop


@dataclass(frozen=True, slots=True)
class CollectedOf:
    """Gives, in a loop, what a task of a loop in it gave for each item.

    Args:
        source: Id of that task.
        loop: The loop in the loop.
    """

    source: str
    loop: Loop


@dataclass(frozen=True, slots=True)
class CopyOf:
    """Ends as a task of another mapped group has ended for the same item, and gives what that gave.

    Args:
        source: Id of that task.
        loop: The loop of this task.
    """

    source: str
    loop: Loop


@dataclass(frozen=True, slots=True)
class EndOf:
    """Comes after a task that only loops need, which may run for no item: where that fails, the run fails."""

    source: str


@dataclass(frozen=True, slots=True)
class LastOf:
    """Comes after all, whatever has become of them."""


Body = (
    Stage
    | Gate
    | ItemsOf
    | TurnOf
    | FailedOf
    | EitherOf
    | InputsOf
    | AllItemsOf
    | EntryOf
    | CollectedOf
    | CopyOf
    | EndOf
    | LastOf
)


@dataclass(frozen=True, slots=True)
class Node:
    """A task.

    Args:
        id: The task's id. Stages are called by identifiers; all other tasks have a `-` in theirs.
        block: Id of the innermost block around it.
        needs: Ids of the tasks that all must succeed.
        options: Ids of the tasks of which one must succeed, for each join.
        waits: Ids of the tasks that must have ended without failure: instances of a loop, seen from outside.
        order: Those of its upstream that no value comes from.
        group: Id of the mapped group that it is in.
        copies: Ids of the tasks in its own group that give what others gave, by the ids of these.
    """

    id: str
    body: Body
    block: str | None
    needs: tuple[str, ...] = ()
    options: tuple[tuple[str, ...], ...] = ()
    waits: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    group: str | None = None
    copies: Mapping[str, str] = field(default_factory=dict)

    @property
    def upstream(self) -> tuple[str, ...]:
        """Ids of all tasks directly before it, each once."""
        joined = (each for group in self.options for each in group)
        return tuple(dict.fromkeys((*self.needs, *joined, *self.waits)))


@dataclass(frozen=True, slots=True)
class Nodes:
    """All tasks of a pipeline.

    Args:
        by_id: In an order in which each comes after its upstream, otherwise as written.
        groups: The loop of each mapped group, by the group's id.
    """

    pipeline: Pipeline
    blocks: Mapping[str, Block]
    by_id: Mapping[str, Node] = field(default_factory=dict)
    groups: Mapping[str, Loop] = field(default_factory=dict)

    def loop_of(self, id: str) -> Loop | None:
        """The innermost loop around a task."""
        return innermost_loop(self.blocks, self.by_id[id].block)

    def loops_of(self, id: str) -> tuple[Loop, ...]:
        """The loops around a task, the outermost first."""
        return loops_around(self.blocks, self.by_id[id].block)

    def outer(self, loop: Loop) -> tuple[Loop, ...]:
        """The loops around a loop, the outermost first."""
        return loops_around(self.blocks, loop.parent)

    def expands_over(self, loop: Loop) -> str:
        """Id of the task that returns the arguments for each item of a loop."""
        return expansion_id(self.blocks, loop)


def has_answer(stage: Stage) -> bool:
    """Whether its task returns anything."""
    return stage.result is not None or bool(stage.outputs)


def innermost_loop(blocks: Mapping[str, Block], block: str | None) -> Loop | None:
    """The innermost loop around what stands in a block."""
    loops = loops_around(blocks, block)
    return loops[-1] if loops else None


def expansion_id(blocks: Mapping[str, Block], loop: Loop) -> str:
    """Id of the task that a loop's tasks are expanded over."""
    return all_items_id(loop.id) if loops_around(blocks, loop.parent) else items_id(loop.id)


def gate_id(branch: str) -> str:
    """The id of a branch's gate."""
    return f"{branch}-gate"


def items_id(loop: str) -> str:
    """The id of the task with a loop's items."""
    return f"{loop}-items"


def all_items_id(loop: str) -> str:
    """The id of the task with the items of a loop in a loop, for all items of the one around."""
    return f"{loop}-all"


def entry_id(loop: str) -> str:
    """The id of the task that comes before the others of a loop in a loop."""
    return f"{loop}-entry"


def collected_id(task: str) -> str:
    """The id of the task that gives what another gave for each item."""
    return f"{task}-collected"


def copy_id(task: str, group: str) -> str:
    """The id of the task that ends, in a group, as one of another group has ended."""
    return f"{task}-in-{group}"


def end_id(task: str) -> str:
    """The id of the task after one of which others only have copies."""
    return f"{task}-end"


def turn_id(loop: str) -> str:
    """The id of the task that holds back a loop's items."""
    return f"{loop}-turn"


def failed_id(stage: str) -> str:
    """The id of the task that knows whether a stage's stand-in is needed."""
    return f"{stage}-failed"


def either_id(stage: str, stand_in: str) -> str:
    """The id of the task with the values of a stage or its stand-in."""
    return f"{stage}-or-{stand_in}"


def inputs_id(stand_in: str) -> str:
    """The id of the task after what a stand-in takes."""
    return f"{stand_in}-inputs"


def in_order(found: Mapping[str, Node], blocks: Mapping[str, Block]) -> dict[str, Node]:
    """The tasks so that each comes after its upstream and what it is expanded over, otherwise as they are."""
    sorter = TopologicalSorter({each.id: before(each, blocks) for each in found.values()})
    sorter.prepare()
    return {id: found[id] for id in one_by_one(sorter, tuple(found))}


def one_by_one(sorter: TopologicalSorter[str], as_written: Sequence[str]) -> Iterator[str]:
    """What has been sorted: each time the first, as they are written, of those that nothing is missing before.

    Args:
        sorter: Prepared.
    """
    position = {id: index for index, id in enumerate(as_written)}
    ready: list[int] = []
    while sorter.is_active():
        for id in sorter.get_ready():
            heappush(ready, position[id])
        first = as_written[heappop(ready)]
        yield first
        sorter.done(first)


def before(node: Node, blocks: Mapping[str, Block]) -> tuple[str, ...]:
    """Its upstream, and what it is expanded over, though nothing in the loop says so."""
    loop = innermost_loop(blocks, node.block)
    return node.upstream if loop is None else (*node.upstream, expansion_id(blocks, loop))
