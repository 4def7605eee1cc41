"""In which conditions and loops each stage goes, by what it needs.

| in the portable semantics                           | here                                                          |
|-----------------------------------------------------|---------------------------------------------------------------|
| a stage that needs a stage of a branch is skipped   | it moves into the branch                                      |
| with it                                             |                                                               |
| a stage that needs stages of several branches is    | a condition of its own, on whether all it needs was given     |
| skipped with each                                   |                                                               |
| a join of other than the two branches of a `when`   | a condition of its own, on whether one of the options was     |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from portable_pipeline.ir import ArtifactRef, Branch, Collected, FirstOf, Loop, Pipeline, ResultRef, Stage
from portable_pipeline.ir.control import loops_around, values_of
from portable_pipeline.ir.graph import order_only
from ppc_kfp.demands import field_type
from ppc_kfp.nodes import AllEnded, Ended, Given, Wanted, sources
from ppc_kfp.wires import Wire, wire

#: Ids of the branches, the loops and the `Given`s around something, the outermost first.
Path = tuple[str, ...]


class Paths:
    """Answers for one pipeline."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.stages: Mapping[str, Stage] = {each.id: each for each in pipeline.stages}
        self.blocks = {each.id: each for each in pipeline.blocks}
        self._paths: dict[str, Path] = {}
        self._locations: dict[str, Path] = {}
        self._givens: dict[str, Given] = {}

    @cached_property
    def givens(self) -> Mapping[str, Given]:
        """All of them, by id."""
        for stage in self.stages:
            self.path(stage)
        return self._givens

    @cached_property
    def branches(self) -> Mapping[str, Branch]:
        """Those of `when` and of `otherwise`, by id."""
        return {each.id: each for each in self.pipeline.blocks if isinstance(each, Branch)}

    @cached_property
    def loops(self) -> Mapping[str, Loop]:
        """The loops, by id."""
        return {each.id: each for each in self.pipeline.blocks if isinstance(each, Loop)}

    @cached_property
    def otherwise(self) -> Mapping[str, str]:
        """The id of the `otherwise` of each `when` that has one."""
        return {each.otherwise_of: each.id for each in self.branches.values() if each.otherwise_of is not None}

    def path(self, stage_id: str) -> Path:
        """What is around a stage."""
        if stage_id not in self._paths:
            stage = self.stages[stage_id]
            self._paths[stage_id] = self._settle(stage_id, self.block_path(stage.block), self.wants(stage))
        return self._paths[stage_id]

    def block_path(self, block_id: str | None) -> Path:
        """What is around the stages of a block."""
        if block_id is None:
            return ()
        block = self.blocks[block_id]
        return (
            (*self.location(block_id), block_id) if isinstance(block, Branch | Loop) else self.block_path(block.parent)
        )

    def location(self, block_id: str) -> Path:
        """What is around a branch or a loop; the same for a `when` and its `otherwise`."""
        decider = self.decider(block_id)
        if decider not in self._locations:
            around = self.block_path(self.blocks[decider].parent)
            self._locations[decider] = self._settle(decider, around, self.operands(decider))
        return self._locations[decider]

    def decider(self, block_id: str) -> str:
        """The `when` of an `otherwise`; any other block, and a `Given`, is its own."""
        branch = self.branches.get(block_id)
        return block_id if branch is None else branch.otherwise_of or block_id

    def wants(self, stage: Stage) -> tuple[Wanted, ...]:
        """What a stage needs, each once."""
        found = (each.value for each in stage.inputs)
        data = [each for each in found if isinstance(each, ResultRef | ArtifactRef | Collected | FirstOf)]
        return tuple(dict.fromkeys((*data, *self.waits(stage))))

    def waits(self, stage: Stage) -> tuple[Ended | AllEnded, ...]:
        """What a stage waits for without data."""
        around = {each.id for each in loops_around(self.blocks, stage.block)}
        return tuple(self._ended(each, around) for each in order_only(stage))

    def orders(self, stage: Stage) -> tuple[Ended | AllEnded, ...]:
        """The same, without what its own condition has waited for."""
        given = self.givens.get(f"{stage.id} given")
        return tuple(each for each in self.waits(stage) if given is None or each not in given.wants)

    def operands(self, block_id: str) -> tuple[Wanted, ...]:
        """What decides about a branch, a loop or a `Given`."""
        if block_id in self._givens:
            return self._givens[block_id].wants
        found = values_of(self.blocks[block_id])
        return tuple(
            dict.fromkeys(each for each in found if isinstance(each, ResultRef | ArtifactRef | Collected | FirstOf))
        )

    def home(self, value: Wanted) -> Path | None:
        """Around what a value is there wherever that runs; None for a join of branches of which none may run."""
        if isinstance(value, FirstOf):
            return self._joined(value)
        if isinstance(value, Collected | AllEnded):
            return self.location(value.loop)
        return self.path(value.stage)

    def is_pair(self, value: FirstOf) -> bool:
        """Whether it joins a stage of a `when` with one of its `otherwise`, and no others."""
        return self._joined(value) is not None

    def wire(self, value: ResultRef | ArtifactRef) -> Wire:
        """How it travels to groups inside; of an artifact its record does."""
        if isinstance(value, ArtifactRef):
            return "json"
        return wire(field_type(self.stages[value.stage].result, value.field))

    def takers(self) -> Iterator[tuple[str, Path, Wanted]]:
        """Every stage and block that needs something, what is around it, and what that is."""
        for stage in self.pipeline.stages:
            yield from ((stage.id, self.path(stage.id), value) for value in self.wants(stage))
        for block in (*self.branches, *self.loops):
            yield from ((block, self.location(block), value) for value in self.operands(block))

    def certain(self, at: Path) -> set[str]:
        """Stages that have succeeded when something inside of these starts, in any case."""
        found = {each for block in at for each in _sure(self.operands(block))}
        return found.union(*(self.ancestors(each) for each in found))

    def ancestors(self, stage_id: str, *, everything: bool = False) -> set[str]:
        """Stages that have succeeded when this one has; or all that it waits for, at any distance."""
        seen: set[str] = set()
        waiting = [stage_id]
        while waiting:
            stage = self.stages[waiting.pop()]
            wants = [*self.wants(stage)]
            wants += [each for block in self.path(stage.id) for each in self.operands(block)]
            found = set(sources_of(wants)) if everything else _sure(wants)
            waiting += sorted(found - seen)
            seen |= found
        return seen

    def _settle(self, subject: str, own: Path, wants: Sequence[Wanted]) -> Path:
        homes = [self.home(each) for each in wants]
        deepest = _deepest(own, homes)
        if deepest is not None:
            return deepest
        missing = (each for each, home in zip(wants, homes, strict=True) if home is None or home != own[: len(home)])
        given = Given(subject, tuple(missing))
        self._givens[given.id] = given
        return (*own, given.id)

    def _ended(self, stage_id: str, around: set[str]) -> Ended | AllEnded:
        found: Ended | AllEnded = Ended(stage_id)
        for loop in reversed(loops_around(self.blocks, self.stages[stage_id].block)):
            if loop.id not in around:
                found = AllEnded(loop.id, found)
        return found

    def _joined(self, value: FirstOf) -> Path | None:
        paths = [self.path(each.stage) for each in value.options]
        first, last = paths[0], paths[-1]
        if len(paths) == 2 and first and last and first[:-1] == last[:-1]:
            for one, other in ((first[-1], last[-1]), (last[-1], first[-1])):
                if self.otherwise.get(one) == other:
                    return first[:-1]
        return None


def _deepest(own: Path, homes: Sequence[Path | None]) -> Path | None:
    """The longest, if they all lie on one way inwards."""
    found = own
    for home in homes:
        if home is None:
            return None
        longer, shorter = (found, home) if len(found) >= len(home) else (home, found)
        if longer[: len(shorter)] != shorter:
            return None
        found = longer
    return found


def sources_of(wants: Sequence[Wanted]) -> tuple[str, ...]:
    """Ids of the stages that they come from, each once."""
    return tuple(dict.fromkeys(source for each in wants for source in sources(each)))


def _sure(wants: Sequence[Wanted]) -> set[str]:
    """Those of their stages that have succeeded wherever they are all there."""
    return {source for each in wants if not isinstance(each, FirstOf) for source in sources(each)}
