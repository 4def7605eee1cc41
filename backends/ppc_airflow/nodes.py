"""The tasks that a DAG needs: one for each stage, and those that decide about stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter

from portable_pipeline.ir import (
    ArtifactRef,
    Block,
    Branch,
    Collected,
    FirstOf,
    Loop,
    Pipeline,
    ResultRef,
    Stage,
    Value,
)
from portable_pipeline.ir.control import around, loops_around, values_of
from portable_pipeline.ir.graph import stages_of


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


Body = Stage | Gate | ItemsOf | TurnOf | FailedOf | EitherOf | InputsOf


@dataclass(frozen=True, slots=True)
class Node:
    """A task.

    Args:
        id: The task's id. Stages are called by identifiers; all other tasks have a `-` in theirs.
        block: Id of the innermost block around it.
        needs: Ids of the tasks that all must succeed.
        options: Ids of the tasks of which one must succeed, for each join.
        waits: Ids of the tasks that must have ended without failure: instances of a loop, seen from outside.
        order: Those of `needs` and `waits` that no value comes from.
    """

    id: str
    body: Body
    block: str | None
    needs: tuple[str, ...] = ()
    options: tuple[tuple[str, ...], ...] = ()
    waits: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

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
    """

    pipeline: Pipeline
    blocks: Mapping[str, Block]
    by_id: Mapping[str, Node] = field(default_factory=dict)

    def loop_of(self, id: str) -> Loop | None:
        """The innermost loop around a task."""
        loops = loops_around(self.blocks, self.by_id[id].block)
        return loops[-1] if loops else None


def gate_id(branch: str) -> str:
    """The id of a branch's gate."""
    return f"{branch}-gate"


def items_id(loop: str) -> str:
    """The id of the task with a loop's items."""
    return f"{loop}-items"


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


def nodes(pipeline: Pipeline) -> Nodes:
    """The tasks of a pipeline that has been validated."""
    blocks = {block.id: block for block in pipeline.blocks}
    build = _Build(pipeline, blocks)
    found = {each.id: each for each in _in_turn([*build.nodes()], blocks)}
    position = {id: index for index, id in enumerate(found)}
    sorter = TopologicalSorter({each.id: [*each.upstream, *build.around(each)] for each in found.values()})
    sorter.prepare()
    ordered: dict[str, Node] = {}
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=position.__getitem__)
        ordered |= {id: found[id] for id in ready}
        sorter.done(*ready)
    return Nodes(pipeline, blocks, ordered)


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


def _in_turn(found: list[Node], blocks: Mapping[str, Block]) -> Iterator[Node]:
    """The tasks; what an item begins with comes after its turn."""
    turns = {each.body.loop.id: each.id for each in found if isinstance(each.body, TurnOf)}
    loops = {each.id: loop.id for each in found for loop in loops_around(blocks, each.block)[-1:]}
    for each in found:
        turn = turns.get(loops.get(each.id, ""), each.id)
        if turn == each.id or any(loops.get(before) == loops[each.id] for before in each.upstream):
            yield each
        else:
            yield replace(each, needs=(turn, *each.needs), order=(turn, *each.order))


class _Build:
    def __init__(self, pipeline: Pipeline, blocks: Mapping[str, Block]) -> None:
        self._pipeline = pipeline
        self._blocks = blocks
        self._stages = {stage.id: stage for stage in pipeline.stages}

    def nodes(self) -> Iterator[Node]:
        for block in self._blocks.values():
            if isinstance(block, Branch):
                yield self._node(gate_id(block.id), Gate(block), block.parent, values_of(block))
            elif isinstance(block, Loop):
                yield self._node(items_id(block.id), ItemsOf(block), block.parent, values_of(block))
                if needs_turns(block, self._pipeline):
                    stages = tuple(each.id for each in stages_in(block, self._pipeline))
                    yield Node(turn_id(block.id), TurnOf(block, stages), block.id)
        for stage in self._pipeline.stages:
            node = self._node(stage.id, stage, stage.block, tuple(each.value for each in stage.inputs), stage.after)
            yield node
            taken = tuple(each for each in node.upstream if self._is_taken(each))
            if stage.stands_in_for is not None and taken:
                yield Node(inputs_id(stage.id), InputsOf(stage), stage.block, waits=taken, order=taken)
            if stage.fallback is not None:
                yield Node(failed_id(stage.id), FailedOf(stage), stage.block, needs=(stage.id,))
                pair = (stage.id, stage.fallback)
                yield Node(either_id(*pair), EitherOf(stage), stage.block, options=(pair,))

    def around(self, node: Node) -> Iterator[str]:
        """The items of the loops around a task come before it, though nothing in the loop says so."""
        return (items_id(each.id) for each in loops_around(self._blocks, node.block))

    def _node(
        self, id: str, body: Body, block: str | None, values: tuple[Value, ...], after: tuple[str, ...] = ()
    ) -> Node:
        needs: dict[str, None] = {}
        options: dict[tuple[str, ...], None] = {}
        waits: dict[str, None] = {}
        for value in values:
            if isinstance(value, FirstOf):
                options[tuple(dict.fromkeys(self._source(each) for each in stages_of(value)))] = None
            elif isinstance(value, Collected):
                self._wait(stages_of(value)[0], block, needs, waits)
            elif isinstance(value, ResultRef | ArtifactRef):
                needs[self._source(value.stage)] = None
        data = {*needs, *(each for group in options for each in group)}
        for stage in after:
            if self._is_inside(stage, block):
                needs[self._source(stage)] = None
            else:
                self._wait(stage, block, needs, waits)
        if isinstance(body, Stage) and body.stands_in_for is not None:
            needs[failed_id(body.stands_in_for)] = None
        gate = self._gate(block)
        if gate is not None and not self._implied(gate, (*needs,), (*options,)):
            needs[gate] = None
        # What a loop runs over comes before each of its stages: that need not be drawn.
        data |= set(map(items_id, self._blocks))
        order = tuple(each for each in (*needs, *waits) if each not in data)
        return Node(id, body, block, (*needs,), (*options,), (*waits,), order)

    def _wait(self, stage: str, block: str | None, needs: dict[str, None], waits: dict[str, None]) -> None:
        """A stage of a loop, seen from outside: where the loop is skipped, so is who waits for it."""
        outside = {each.id for each in loops_around(self._blocks, block)}
        entered = [each for each in loops_around(self._blocks, self._stages[stage].block) if each.id not in outside]
        needs[items_id(entered[0].id)] = None
        waits[self._source(stage)] = None

    def _is_inside(self, stage: str, block: str | None) -> bool:
        """Whether each loop around that stage is around here, too."""
        here = {each.id for each in loops_around(self._blocks, block)}
        return all(each.id in here for each in loops_around(self._blocks, self._stages[stage].block))

    def _is_taken(self, id: str) -> bool:
        """Whether it is a stage, or in the place of one."""
        return id in self._stages or id.partition("-")[2].startswith("or-")

    def _source(self, stage: str) -> str:
        stand_in = self._stages[stage].fallback
        return stage if stand_in is None else either_id(stage, stand_in)

    def _gate(self, block: str | None) -> str | None:
        """The innermost gate between a task and the loop that it is in."""
        for each in reversed(around(self._blocks, block)):
            if isinstance(each, Loop):
                return None
            if isinstance(each, Branch):
                return gate_id(each.id)
        return None

    def _implied(self, gate: str, needs: tuple[str, ...], options: tuple[tuple[str, ...], ...]) -> bool:
        """Whether something that it waits for is behind the gate."""
        behind = any(self._is_behind(gate, each) for each in needs)
        return behind or any(all(self._is_behind(gate, each) for each in group) for group in options)

    def _is_behind(self, gate: str, id: str) -> bool:
        stage = self._stages.get(id.partition("-")[0])
        loop = self._blocks.get(id.removesuffix("-items"))
        block = stage.block if stage is not None else loop.parent if loop is not None else None
        return gate in self._gates(block)

    def _gates(self, block: str | None) -> Iterator[str]:
        for each in reversed(around(self._blocks, block)):
            if isinstance(each, Loop):
                return
            if isinstance(each, Branch):
                yield gate_id(each.id)
