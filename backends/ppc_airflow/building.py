"""From a pipeline to its tasks, and what each of them waits for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portable_pipeline.ir import ArtifactRef, Block, Branch, Collected, FirstOf, Loop, Pipeline, ResultRef, Stage, Value
from portable_pipeline.ir.control import around, loops_around, values_of
from portable_pipeline.ir.graph import stages_of
from portable_pipeline.ir.loops import LoopNeeds
from ppc_airflow.grouping import grouped
from ppc_airflow.nodes import (
    AllItemsOf,
    Body,
    CollectedOf,
    EitherOf,
    EntryOf,
    FailedOf,
    Gate,
    InputsOf,
    ItemsOf,
    Node,
    Nodes,
    TurnOf,
    all_items_id,
    collected_id,
    either_id,
    entry_id,
    expansion_id,
    failed_id,
    gate_id,
    has_answer,
    inputs_id,
    items_id,
    turn_id,
)
from ppc_airflow.outlasting import outlasted
from ppc_airflow.turns import in_turn, needs_turns, stages_in


def nodes(pipeline: Pipeline) -> Nodes:
    """The tasks of a pipeline that has been validated."""
    blocks = {block.id: block for block in pipeline.blocks}
    built = _Build(pipeline, blocks).nodes()
    return outlasted(in_turn(grouped(Nodes(pipeline, blocks, {each.id: each for each in built}))))


class _Build:
    def __init__(self, pipeline: Pipeline, blocks: Mapping[str, Block]) -> None:
        self._pipeline = pipeline
        self._blocks = blocks
        self._stages = {stage.id: stage for stage in pipeline.stages}
        self._collected: dict[str, Node] = {}
        self._needs = LoopNeeds(pipeline)

    def nodes(self) -> Iterator[Node]:
        for block in self._blocks.values():
            if isinstance(block, Branch):
                yield self._node(gate_id(block.id), Gate(block), block.parent, values_of(block))
            elif isinstance(block, Loop):
                yield self._node(items_id(block.id), ItemsOf(block), block.parent, values_of(block))
                if self._is_nested(block):
                    yield from self._nested(block)
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
                yield Node(failed_id(stage.id), FailedOf(stage), stage.block, needs=(stage.id,), order=(stage.id,))
                pair = (stage.id, stage.fallback)
                order = () if has_answer(stage) else pair
                yield Node(either_id(*pair), EitherOf(stage), stage.block, options=(pair,), order=order)
        yield from self._collected.values()

    def _nested(self, loop: Loop) -> Iterator[Node]:
        outer, items = expansion_id(self._blocks, loops_around(self._blocks, loop.parent)[-1]), items_id(loop.id)
        yield Node(all_items_id(loop.id), AllItemsOf(loop), None, needs=(outer,), waits=(items,), order=(outer, items))
        yield Node(entry_id(loop.id), EntryOf(loop), loop.id)

    def _node(
        self, id: str, body: Body, block: str | None, values: tuple[Value, ...], after: tuple[str, ...] = ()
    ) -> Node:
        needs: dict[str, None] = {}
        options: dict[tuple[str, ...], None] = {}
        waits: dict[str, None] = {}
        data: set[str] = set()
        for value in values:
            if isinstance(value, FirstOf):
                options[tuple(dict.fromkeys(self._source(each) for each in stages_of(value)))] = None
            elif isinstance(value, Collected):
                data |= self._wait(stages_of(value)[0], block, needs, waits, is_value=True)
            elif isinstance(value, ResultRef | ArtifactRef):
                needs[self._source(value.stage)] = None
                data.add(self._source(value.stage))
        data |= {each for group in options for each in group}
        for stage in after:
            if self._is_inside(stage, block):
                needs[self._source(stage)] = None
            else:
                self._wait(stage, block, needs, waits, is_value=False)
        if isinstance(body, Stage) and body.stands_in_for is not None:
            needs[failed_id(body.stands_in_for)] = None
        gate = self._gate(block)
        if gate is not None and not self._implied(gate, (*needs,), (*options,)):
            needs[gate] = None
        # What a loop runs over comes before each of its stages: that need not be drawn.
        data |= set(map(items_id, self._blocks))
        order = tuple(each for each in (*needs, *waits) if each not in data)
        return Node(id, body, block, (*needs,), (*options,), (*waits,), order)

    def _wait(
        self, stage: str, block: str | None, needs: dict[str, None], waits: dict[str, None], is_value: bool
    ) -> set[str]:
        """A stage of a loop, seen from outside: where the loop is skipped, so is who waits for it.

        Returns:
            Ids of the tasks that pass a value on, rather than that it is pulled.
        """
        outside = {each.id for each in loops_around(self._blocks, block)}
        entered = [each for each in loops_around(self._blocks, self._stages[stage].block) if each.id not in outside]
        for each in self._unseen(stage, entered):
            if self._is_inside(each, block):
                waits[self._source(each)] = None
            else:
                first, *further = (loop for loop in self._needs.around(each) if loop.id not in outside)
                waits[self._gathered(each, [first, *further]) if self._is_nested(first) else self._source(each)] = None
        if self._is_nested(entered[0]):
            found = self._gathered(stage, entered)
            needs[found] = None
            return {found} if is_value else set()
        needs[items_id(entered[0].id)] = None
        # All instances have to end, wherever they are; only who takes values has to know which is whose.
        waits[self._gathered(stage, entered[1:]) if is_value else self._source(stage)] = None
        return set()

    def _unseen(self, stage: str, entered: list[Loop]) -> Iterator[str]:
        """What a stage of these loops needs of outside, where they may be such that no task of it shows its failure.

        Airflow skips all tasks of a group that it expands over a skipped task, whatever else they need; and there are
        none in a loop in a loop which has no item. Without items, others fail before Airflow has expanded them.
        """
        for loop in entered:
            if self._is_nested(loop) or self._needs.may_be_skipped(loop.id):
                yield from self._needs.open(stage, loop.id)

    def _gathered(self, stage: str, loops: list[Loop]) -> str:
        """The task that gives what a stage gave in each item of these loops, of which each is in a loop."""
        found = self._source(stage)
        for loop in reversed(loops):
            source, found = found, collected_id(found)
            # Airflow may decide about a task of all items before it is known which items there are.
            waits = source, all_items_id(loop.id)
            self._collected[found] = Node(found, CollectedOf(source, loop), loop.parent, waits=waits, order=waits)
        return found

    def _is_nested(self, loop: Loop) -> bool:
        return bool(loops_around(self._blocks, loop.parent))

    def _is_inside(self, stage: str, block: str | None) -> bool:
        """Whether each loop around that stage is around here, too."""
        here = {each.id for each in loops_around(self._blocks, block)}
        return all(each.id in here for each in loops_around(self._blocks, self._stages[stage].block))

    def _is_taken(self, id: str) -> bool:
        """Whether it is a stage, or in the place of one or of its instances."""
        return id in self._stages or id in self._collected or id.partition("-")[2].startswith("or-")

    def _source(self, stage: str) -> str:
        stand_in = self._stages[stage].fallback
        return stage if stand_in is None else either_id(stage, stand_in)

    def _gate(self, block: str | None) -> str | None:
        """The innermost gate between a task and the loop that it is in; the entry of a loop in a loop is one."""
        return next(self._gates(block), None)

    def _implied(self, gate: str, needs: tuple[str, ...], options: tuple[tuple[str, ...], ...]) -> bool:
        """Whether something that it waits for is behind the gate."""
        behind = any(self._is_behind(gate, each) for each in needs)
        return behind or any(all(self._is_behind(gate, each) for each in group) for group in options)

    def _is_behind(self, gate: str, id: str) -> bool:
        if id in self._collected:
            return gate in self._gates(self._collected[id].block)
        stage = self._stages.get(id.partition("-")[0])
        loop = self._blocks.get(id.removesuffix("-items"))
        block = stage.block if stage is not None else loop.parent if loop is not None else None
        return gate in self._gates(block)

    def _gates(self, block: str | None) -> Iterator[str]:
        for each in reversed(around(self._blocks, block)):
            if isinstance(each, Loop):
                if self._is_nested(each):
                    yield entry_id(each.id)
                return
            if isinstance(each, Branch):
                yield gate_id(each.id)
