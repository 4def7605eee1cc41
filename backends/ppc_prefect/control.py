"""Blocks as a flow sees them: what decides about each stage, what can be skipped, what is submitted in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter

from portable_pipeline.ir import HOOK_TIMEOUT, Block, Branch, Collected, FirstOf, Loop, Pipeline, Stage, Value
from portable_pipeline.ir.control import around, loops_around, values_of, waits
from portable_pipeline.ir.graph import stages_of
from portable_pipeline.ir.loops import LoopNeeds


@dataclass(frozen=True, slots=True)
class Guard:
    """The gate in front of a stage or block.

    Args:
        branch: Id of the `when` whose predicate it is.
        holds: What the predicate must be.
    """

    branch: str
    holds: bool


class Control:
    """Answers about the blocks of one pipeline."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.blocks: Mapping[str, Block] = {block.id: block for block in pipeline.blocks}
        self.stages: Mapping[str, Stage] = {stage.id: stage for stage in pipeline.stages}
        self._skippable: dict[str, bool] = {}

    @cached_property
    def has_run_hooks(self) -> bool:
        """Whether somebody is told of the run's end."""
        return self.pipeline.on_exit is not None or self.pipeline.on_failure is not None

    @cached_property
    def has_stage_hooks(self) -> bool:
        """Whether somebody is told of a stage's failure."""
        return any(stage.on_failure is not None for stage in self.pipeline.stages)

    @cached_property
    def bounds_stage_hooks(self) -> bool:
        """Whether one of these hooks says how long it may take."""
        hooks = (stage.on_failure for stage in self.pipeline.stages)
        return any(hook is not None and hook.timeout != HOOK_TIMEOUT for hook in hooks)

    @cached_property
    def notes(self) -> bool:
        """Whether futures are noted as they come: who asks does not know which there are."""
        return bool(self.loops) or self.has_run_hooks

    def notes_helpers(self, gathered: Iterable[str | None]) -> bool:
        """Whether what others gave is passed on for an item: where a stand-in is, or what collects from these loops."""
        collected = set(gathered)
        inside = (each for each in self.loops if each.id in collected and self.loop_of(each.parent) is not None)
        saved = (each for each in self.pipeline.stages if each.fallback is not None and self.loops_of(each.block))
        return any(inside) or any(saved)

    @cached_property
    def skips(self) -> bool:
        """Whether some run could skip anything."""
        return bool(self.gates) or any(stage.stands_in_for is not None for stage in self.pipeline.stages)

    @cached_property
    def gates(self) -> tuple[Branch, ...]:
        """The branches that have a task of their own: `otherwise` asks the one of its `when`."""
        found = (block for block in self.pipeline.blocks if isinstance(block, Branch))
        return tuple(block for block in found if block.otherwise_of is None)

    @cached_property
    def loops(self) -> tuple[Loop, ...]:
        """All loops, the outer ones first."""
        return tuple(block for block in self.pipeline.blocks if isinstance(block, Loop))

    @cached_property
    def loop_needs(self) -> LoopNeeds:
        """What the stages of loops need from outside."""
        return LoopNeeds(self.pipeline)

    def loops_of(self, block: str | None) -> tuple[Loop, ...]:
        """The loops around what stands in a block, the outermost first."""
        return loops_around(self.blocks, block)

    def loop_of(self, block: str | None) -> str | None:
        """The id of the innermost of these."""
        loops = self.loops_of(block)
        return loops[-1].id if loops else None

    def guard(self, block: str | None) -> Guard | None:
        """The innermost gate for what stands in a block, as far as the next loop around it, which has its own."""
        for each in reversed(around(self.blocks, block)):
            if isinstance(each, Loop):
                return None
            if isinstance(each, Branch):
                return Guard(each.otherwise_of or each.id, each.otherwise_of is None)
        return None

    def stage_can_be_skipped(self, stage: str) -> bool:
        """Whether some run could skip the stage."""
        if stage not in self._skippable:
            self._skippable[stage] = False  # for what is asked on the way
            self._skippable[stage] = self._stage_can_be_skipped(self.stages[stage])
        return self._skippable[stage]

    def block_can_be_skipped(self, block: Block) -> bool:
        """Whether some run could skip the block as a whole, for reasons other than its own predicate."""
        return self.guard(block.parent) is not None or any(
            self.value_can_be_missing(each, block.parent) for each in values_of(block)
        )

    def value_can_be_missing(self, value: Value, block: str | None) -> bool:
        """Whether a value can be that of something skipped, for who stands in that block."""
        if isinstance(value, FirstOf):
            return all(self.stage_can_be_skipped(each.stage) for each in value.options)
        if isinstance(value, Collected):
            return self.loop_can_be_skipped(value)
        return any(self.stage_can_be_skipped(each) for each in stages_of(value))

    def loop_can_be_skipped(self, value: Collected) -> bool:
        """Whether a whole collection can be missing: nothing that one item does makes it so."""
        return self.block_can_be_skipped(self.blocks[value.loop])

    def _stage_can_be_skipped(self, stage: Stage) -> bool:
        return (
            self.guard(stage.block) is not None
            or stage.stands_in_for is not None
            or any(self.value_can_be_missing(each.value, stage.block) for each in stage.inputs)
            or any(self.after_can_be_skipped(each, stage) for each in stage.after)
        )

    def after_can_be_skipped(self, upstream: str, stage: Stage) -> bool:
        """Whether an order-only upstream can be skipped, for that stage."""
        inner = self.inner_loop(upstream, stage.block)
        return self.stage_can_be_skipped(upstream) if inner is None else self.block_can_be_skipped(inner)

    def inner_loop(self, stage: str, block: str | None) -> Loop | None:
        """The outermost loop that a stage is in and what stands in that block is not."""
        mine = {loop.id for loop in self.loops_of(block)}
        return next((loop for loop in self.loops_of(self.stages[stage].block) if loop.id not in mine), None)

    def order(self, loop: str | None) -> Iterator[Stage | Loop | Branch]:
        """What is submitted for each item of a loop, or by the flow itself, each after all that it waits for."""
        units: dict[str, Stage | Loop | Branch] = {
            gate.id: gate for gate in self.gates if self.loop_of(gate.parent) == loop
        }
        units |= {each.id: each for each in self.loops if self.loop_of(each.parent) == loop}
        units |= {stage.id: stage for stage in self.pipeline.stages if self.loop_of(stage.block) == loop}
        position = {name: place for place, name in enumerate(units)}
        written = {stage.id: place for place, stage in enumerate(self.pipeline.stages)}
        first = {name: self._first(unit, written) for name, unit in units.items()}
        sorter = TopologicalSorter({name: self._before(unit, units) for name, unit in units.items()})
        sorter.prepare()
        while sorter.is_active():
            ready = sorted(sorter.get_ready(), key=lambda name: (first[name], position[name]))
            yield from (units[name] for name in ready)
            sorter.done(*ready)

    def _first(self, unit: Stage | Loop | Branch, written: Mapping[str, int]) -> int:
        if isinstance(unit, Stage):
            return written[unit.id]
        inside = (place for stage, place in written.items() if unit in around(self.blocks, self.stages[stage].block))
        return min(inside, default=len(written))

    def _before(self, unit: Stage | Loop | Branch, units: Mapping[str, object]) -> set[str]:
        """The units that must come first."""
        inside = {unit.id} if isinstance(unit, Stage) else set()
        needed: set[str] = set()
        block = unit.block if isinstance(unit, Stage) else unit.parent
        if isinstance(unit, Loop):
            inside = {stage.id for stage in self.pipeline.stages if unit in self.loops_of(stage.block)}
            gates = (self.guard(each.parent) for each in self.loops if unit in self.loops_of(each.id))
            needed |= {gate.branch for gate in gates if gate is not None}
        if isinstance(unit, Stage | Loop):
            needed |= {source for stage in inside for source in self._waits[stage]} - inside
        if not isinstance(unit, Stage):
            stand_ins = {stage.id: stage.fallback for stage in self.pipeline.stages if stage.fallback is not None}
            sources = {source for value in values_of(unit) for source in stages_of(value)}
            needed |= sources | {stand_ins[each] for each in sources if each in stand_ins}
        guard = self.guard(block)
        if guard is not None:
            needed.add(guard.branch)
        return {self._unit(each, units) for each in needed} & units.keys() - {unit.id}

    def _unit(self, name: str, units: Mapping[str, object]) -> str:
        if name in units or name not in self.stages:
            return name
        loops = (loop.id for loop in self.loops_of(self.stages[name].block))
        return next((each for each in loops if each in units), name)

    @cached_property
    def _waits(self) -> dict[str, tuple[str, ...]]:
        return waits(self.pipeline)
