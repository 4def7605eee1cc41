"""What the stages of loops need from outside. Queries cope with any IR."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from portable_pipeline.ir.blocks import Block, Branch, Loop
from portable_pipeline.ir.control import around, block_upstream, loops_around, waits
from portable_pipeline.ir.graph import upstream
from portable_pipeline.ir.pipeline import Pipeline, Stage
from portable_pipeline.ir.values import Constant


def holding_loops(pipeline: Pipeline) -> set[str]:
    """Ids of the loops that have another one in them."""
    blocks = {block.id: block for block in pipeline.blocks}
    inner = (block for block in pipeline.blocks if isinstance(block, Loop))
    return {outer.id for loop in inner for outer in loops_around(blocks, loop.parent)}


def taken_apart(pipeline: Pipeline) -> Iterator[Stage]:
    """Stages that wait for less than a loop as a whole is: the first for each loop.

    They take something of the loop, and do not wait for all of its stages; or they stand in it, and others of it wait
    for what they do not.
    """
    blocks = {block.id: block for block in pipeline.blocks}
    loops = {stage.id: {each.id for each in loops_around(blocks, stage.block)} for stage in pipeline.stages}
    members: dict[str, set[str]] = {}
    for stage in pipeline.stages:
        for loop in loops[stage.id]:
            members.setdefault(loop, set()).add(stage.id)
    direct = waits(pipeline) if members else {}
    for inside in members.values():
        before = {each for stage in inside for each in direct[stage]} - inside
        for stage in pipeline.stages:
            of_it = inside if stage.id not in inside and inside.intersection(upstream(stage)) else set[str]()
            whole = before if stage.id in inside else of_it
            if whole and not whole <= _behind(stage.id, direct):
                yield stage
                break


def _behind(stage: str, direct: Mapping[str, tuple[str, ...]]) -> set[str]:
    """All that a stage waits for, at any distance."""
    seen: set[str] = set()
    waiting = [stage]
    while waiting:
        found = set(direct.get(waiting.pop(), ())) - seen
        seen |= found
        waiting += found
    return seen


class LoopNeeds:
    """Answers about the loops of one pipeline.

    Where a loop runs for no item, nothing in it says that something which its stages need has failed. So whoever takes
    what these give has to look at that itself (F1.loop).
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self._blocks: Mapping[str, Block] = {block.id: block for block in pipeline.blocks}
        self._loops = {block.id: block for block in pipeline.blocks if isinstance(block, Loop)}
        self._stages: Mapping[str, Stage] = {stage.id: stage for stage in pipeline.stages}
        self._known: dict[str, frozenset[str]] = {}

    def of(self, stage: str, loop: str) -> tuple[str, ...]:
        """Ids of the stages outside of the loop that one of its stages cannot do without, itself or by others in it."""
        seen = self._closure([stage], loop)
        return tuple(dict.fromkeys(each for each in seen if not self._is_in(each, loop)))

    def open(self, stage: str, loop: str) -> tuple[str, ...]:
        """Those of them that may fail without the loop itself failing, and without others of them."""
        if loop not in self._known:
            self._known[loop] = frozenset(self._closure(self._deciding(loop)))
        left = [each for each in self.of(stage, loop) if each not in self._known[loop]]
        behind = {each for other in left for each in self._closure(self._direct(other))}
        return tuple(each for each in left if each not in behind)

    def _deciding(self, loop: str) -> list[str]:
        return [source for each in around(self._blocks, loop) for source in block_upstream(each)]

    def _closure(self, stages: Iterable[str], loop: str | None = None) -> tuple[str, ...]:
        """These, and all that they need; of a loop, as far as to what is outside."""
        seen: dict[str, None] = {}
        waiting = list(reversed([*stages]))
        while waiting:
            at = waiting.pop()
            if at in seen or at not in self._stages:
                continue
            seen[at] = None
            if loop is None or self._is_in(at, loop):
                waiting += reversed([*self._direct(at)])
        return tuple(seen)

    def _direct(self, stage: str) -> Iterator[str]:
        """What has not failed where a stage is anything but `upstream_failed`."""
        found = self._stages[stage]
        for block in around(self._blocks, found.block):
            yield from block_upstream(block)
        # A stand-in is skipped where its primary needs none, whatever has become of what it takes itself.
        yield from upstream(found if found.stands_in_for is None else self._stages.get(found.stands_in_for, found))

    def _is_in(self, stage: str, loop: str) -> bool:
        return any(each.id == loop for each in self.around(stage))

    def behind(self, stage: Stage) -> set[str]:
        """What others need that it takes something of, or comes after, out of loops that it is not in."""
        here = {each.id for each in loops_around(self._blocks, stage.block)}
        entered = ((each, loop.id) for each in upstream(stage) for loop in self.around(each) if loop.id not in here)
        return {needed for each, loop in entered for needed in self.of(each, loop)}

    def may_be_skipped(self, loop: str) -> bool:
        """Whether some run skips the whole loop, when it need not look at any item."""
        deciding = self._closure(self._deciding(loop))
        found = [block for each in deciding for block in around(self._blocks, self._stages[each].block)]
        found += around(self._blocks, loop)
        stands_in = any(self._stages[each].stands_in_for is not None for each in deciding)
        return stands_in or any(isinstance(each, Branch) for each in found)

    def may_run_for_none(self, loop: str) -> bool:
        """Whether some run has no item of a loop: not one over a constant that stands in no block."""
        first = self._loops[loop].items[0].value
        return self._loops[loop].parent is not None or not (isinstance(first, Constant) and first.value)

    def around(self, stage: str) -> tuple[Loop, ...]:
        """The loops around a stage, the outermost first."""
        return loops_around(self._blocks, self._stages[stage].block)
