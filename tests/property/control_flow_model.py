"""What control flow means, once more: no events, no order, only recursion from each stage to what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from portable_pipeline.ir import Branch, FirstOf, Loop, Pipeline, Stage, Value
from portable_pipeline.ir.control import loops_around, values_of
from portable_pipeline.ir.graph import stages_of

#: The loops around something, each with the index of the item; None where the loop does not run.
Path = tuple[tuple[str, int | None], ...]
SAVED = {"success": "skipped", "skipped": "skipped", "upstream_failed": "upstream_failed"}


def name(id: str, path: Path) -> str:
    return id + "".join(f"[{index}]" for _, index in path if index is not None)


def worst(states: list[str]) -> str | None:
    if any(state in ("failed", "upstream_failed") for state in states):
        return "upstream_failed"
    return "skipped" if "skipped" in states else None


class Model:
    """One finished run.

    Args:
        succeeds: Whether a stage, given that it runs, ends well.
        holds: Whether a branch's predicate holds; None if it cannot be decided.
        counts: How many items a loop has; None if it cannot be told.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        succeeds: Callable[[str], bool],
        holds: Callable[[str], bool | None],
        counts: Callable[[str], int | None],
    ) -> None:
        self.pipeline, self.succeeds, self.holds, self.counts = pipeline, succeeds, holds, counts
        self.stages = {stage.id: stage for stage in pipeline.stages}
        self.blocks = {block.id: block for block in pipeline.blocks}
        self.undecided: set[str] = set()
        self.memory: dict[tuple[str, Path], str] = {}

    @cached_property
    def states(self) -> dict[str, str]:
        return {
            name(stage.id, path): self.stage(stage.id, path)
            for stage in self.pipeline.stages
            for path in self.paths((), self.loops(stage))
        }

    @property
    def saved(self) -> set[str]:
        """The failed stages that a stand-in took the place of."""
        paths = ((stage, path) for stage in self.pipeline.stages for path in self.paths((), self.loops(stage)))
        return {
            name(stage.id, path)
            for stage, path in paths
            if self.stage(stage.id, path) == "failed"
            and stage.fallback
            and self.stage(stage.fallback, path) == "success"
        }

    @property
    def run(self) -> str:
        failed = {id for id, state in self.states.items() if state == "failed"}
        stand_ins = {id for id in failed if self.stages[id.split("[")[0]].stands_in_for}
        return "failed" if failed - self.saved or stand_ins or self.undecided else "success"

    def stage(self, id: str, path: Path) -> str:
        if (id, path) not in self.memory:
            self.memory[id, path] = self.fresh(self.stages[id], path)
        return self.memory[id, path]

    def fresh(self, stage: Stage, path: Path) -> str:
        if stage.stands_in_for and (primary := self.stage(stage.stands_in_for, path)) != "failed":
            return SAVED[primary]
        needed = [self.value(each.value, path) for each in stage.inputs]
        needed += [self.seen(each, path) for each in stage.after]
        end = "success" if self.succeeds(name(stage.id, path)) else "failed"
        return worst([*needed, self.allowed(stage.block, path)]) or end

    def meant(self, id: str, path: Path) -> str:
        """What consumers of a stage wait for."""
        states = [self.stage(each, path) for each in (id, self.stages[id].fallback) if each]
        return "success" if "success" in states else worst(states) or "success"

    def value(self, value: Value, path: Path) -> str:
        states = [self.seen(each, path) for each in stages_of(value)]
        if isinstance(value, FirstOf) and "success" in states and worst(states) == "skipped":
            return "success"
        return worst(states) or "success"

    def seen(self, id: str, path: Path) -> str:
        loops = self.loops(self.stages[id])
        shared = [loop for loop, (other, _) in zip(loops, path, strict=False) if loop.id == other]
        return self.gathered(id, path[: len(shared)], loops[len(shared) :])

    def gathered(self, id: str, path: Path, loops: tuple[Loop, ...]) -> str:
        if not loops:
            return self.meant(id, path)
        states = [self.gathered(id, each, loops[1:]) for each in self.items(loops[0], path)]
        if self.loop(loops[0], path) != "success":
            return states[0]
        lost = worst(states) == "upstream_failed" or self.never(id, loops[0], path)
        return "upstream_failed" if lost else "success"

    def never(self, id: str, loop: Loop, path: Path) -> bool:
        """Whether a stage of a loop could run for no item, had it one, since something outside has failed."""
        stage = self.stages[id]
        taking = self.stages[stage.stands_in_for] if stage.stands_in_for else stage
        needed = [*taking.after, *(each for given in taking.inputs for each in stages_of(given.value))]
        block = stage.block
        while block is not None:
            if isinstance(found := self.blocks[block], Branch | Loop):
                needed += [each for value in values_of(found) for each in stages_of(value)]
            block = found.parent
        return any(
            self.never(each, loop, path)
            if loop in self.loops(self.stages[each])
            else worst([self.seen(each, path)]) == "upstream_failed"
            for each in needed
        )

    def allowed(self, block: str | None, path: Path) -> str:
        """Whether what is in a block may run."""
        found = None if block is None else self.blocks[block]
        if found is None:
            return "success"
        if isinstance(found, Loop):
            return self.loop(found, path[: len(loops_around(self.blocks, found.parent))])
        path = path[: len(loops_around(self.blocks, found.id))]
        states = [self.allowed(found.parent, path), *(self.value(each, path) for each in values_of(found))]
        if worst(states) or not isinstance(found, Branch):
            return worst(states) or "success"
        return self.decided(name(found.id, path), self.holds(name(found.id, path)))

    def loop(self, loop: Loop, path: Path) -> str:
        states = [self.allowed(loop.parent, path), *(self.value(each.value, path) for each in loop.items)]
        id = name(loop.id, path)
        return worst(states) or self.decided(id, None if self.counts(id) is None else True)

    def decided(self, id: str, holds: bool | None) -> str:
        self.undecided |= {id} if holds is None else set()
        return "upstream_failed" if holds is None else "success" if holds else "skipped"

    def items(self, loop: Loop, path: Path) -> list[Path]:
        runs = self.loop(loop, path) == "success"
        indices: list[int | None] = [*range(self.counts(name(loop.id, path)) or 0)] if runs else [None]
        return [(*path, (loop.id, index)) for index in indices]

    def paths(self, path: Path, loops: tuple[Loop, ...]) -> Iterator[Path]:
        if not loops:
            yield path
        for each in self.items(loops[0], path) if loops else ():
            yield from self.paths(each, loops[1:])

    def loops(self, stage: Stage) -> tuple[Loop, ...]:
        return loops_around(self.blocks, stage.block)
