"""Stages as a tree of KFP's nested groups.

A `dsl.If` or a `dsl.ParallelFor` is a graph of its own: it starts, fails and is skipped as a whole. So the stages of a
branch become several `dsl.If`s on one predicate where they wait for different things outside, or where something
outside takes what one of them gives and must neither wait for nor fail with the others. The stages of a loop become
several loops only where they have nothing to do with each other: a loop that waits for another loop is no longer done
item by item.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from portable_pipeline.diagnostics import Span
from portable_pipeline.ir import FirstOf, Pipeline
from ppc_kfp.nodes import Condition, Node, Repeated, Unplaceable, Wanted
from ppc_kfp.paths import Path, Paths, sources_of


def layout(paths: Paths) -> tuple[Node, ...]:
    """The stages, each after what it needs.

    Raises:
        Unplaceable: If there is no such tree.
    """
    return _Layout(paths).top()


@dataclass(frozen=True, slots=True)
class _Unit:
    """A node, or several of one group, and what it holds.

    Args:
        members: Ids of the stages in it.
        sources: Ids of the stages that something in it needs.
        needs: Stages outside of the group around it that have to succeed before it starts.
    """

    nodes: tuple[Node, ...]
    members: frozenset[str]
    sources: frozenset[str]
    needs: frozenset[str] = frozenset()


class _Layout:
    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._pipeline: Pipeline = paths.pipeline
        self._givens = paths.givens

    def top(self) -> tuple[Node, ...]:
        units = self._units(())
        return tuple(node for index in self._order(units) for node in units[index].nodes)

    # ---- what stands in a group

    def _units(self, at: Path) -> tuple[_Unit, ...]:
        """The stages and the groups directly in a group."""
        inside = [each.id for each in self._pipeline.stages if self._paths.path(each.id)[: len(at)] == at]
        deeper = dict.fromkeys(
            self._paths.decider(self._paths.path(each)[len(at)]) for each in inside if self._paths.path(each) != at
        )
        stages = (
            self._stage(each)
            for each in inside
            if self._paths.path(each) == at and self._paths.stages[each].stands_in_for is None
        )
        return (*stages, *(unit for each in deeper for unit in self._block(each, at)))

    def _stage(self, stage_id: str) -> _Unit:
        """A stage; a primary with its stand-in, which takes all that the primary gives."""
        stage = self._paths.stages[stage_id]
        both = (stage,) if stage.fallback is None else (stage, self._paths.stages[stage.fallback])
        if self._paths.path(both[-1].id) != self._paths.path(stage_id):
            raise Unplaceable(
                both[-1].span,
                both[-1].id,
                f"it stands in for `{stage_id}`, and needs what is in a branch in which that is not",
                "let both need the same branches, or do inside the stand-in what the branch does",
            )
        wants = [want for each in both for want in self._paths.wants(each)]
        ids = tuple(each.id for each in both)
        return _Unit(ids, frozenset(ids), frozenset(sources_of(wants)))

    def _block(self, decider: str, at: Path) -> Iterator[_Unit]:
        if decider in self._paths.loops:
            for part in self._loop_parts((*at, decider)):
                yield self._around(Repeated(decider, part.nodes), decider, part)
            return
        held = self._branch_parts((*at, decider))
        other = self._paths.otherwise.get(decider)
        otherwise = self._branch_parts((*at, other)) if other is not None else []
        if len(held) == len(otherwise) == 1 and held[0].needs == otherwise[0].needs and not self._gives(at, decider):
            yield self._around(Condition(decider, held[0].nodes, otherwise[0].nodes), decider, held[0], otherwise[0])
            return
        for one in tuple(held):
            partner = next((each for each in otherwise if self._are_joined(one, each)), None)
            if partner is not None:
                held.remove(one)
                otherwise.remove(partner)
                yield self._around(Condition(decider, one.nodes, partner.nodes), decider, one, partner)
        yield from (self._around(Condition(decider, each.nodes, ()), decider, each) for each in held)
        yield from (self._around(Condition(decider, (), each.nodes), decider, each) for each in otherwise)

    def _around(self, node: Node, decider: str, *parts: _Unit) -> _Unit:
        members = frozenset().union(*(each.members for each in parts))
        operands = sources_of(self._paths.operands(decider))
        return _Unit((node,), members, frozenset(operands).union(*(each.sources for each in parts)))

    # ---- parts of a group

    def _branch_parts(self, at: Path) -> list[_Unit]:
        units = self._with_needs(at)
        deps = _dependencies(units)
        given = {index for index, unit in enumerate(units) if any(map(self._is_taken_outside(at), unit.members))}
        given |= {dep for index, found in deps.items() for dep in found if units[dep].needs != units[index].needs}
        same = {
            index: {dep for dep in found if units[dep].needs == units[index].needs} for index, found in deps.items()
        }
        merged = _Merged(len(units))
        for component in _components(same):
            if not component & given:
                merged.join(component)
                continue
            # What is given must not wait for anything else, or fail with it: only chains that end in it stay together.
            # A stand-in takes what its primary's task gives, which fails nothing and which nobody else takes.
            for index in component:
                merged.join({index, *(dep for dep in same[index] if self._stands_in(units[index], units[dep]))})
            for dep in component - given:
                takers = [index for index, found in deps.items() if dep in found]
                if len(takers) == 1 and deps[takers[0]] == {dep} == same[takers[0]]:
                    merged.join({dep, takers[0]})
        return self._parts(units, merged)

    def _stands_in(self, unit: _Unit, other: _Unit) -> bool:
        stand_ins = (self._paths.stages[each].stands_in_for for each in unit.members)
        return any(each in other.members for each in stand_ins)

    def _loop_parts(self, at: Path) -> list[_Unit]:
        units = self._with_needs(at)
        deps = _dependencies(units)
        merged = _Merged(len(units))
        # Several loops would each run as many items at once.
        together = self._paths.loops[at[-1]].max_parallel is not None
        for component in [set(deps)] if together else _components(deps):
            merged.join(component)
        return self._parts(units, merged)

    def _parts(self, units: Sequence[_Unit], merged: _Merged) -> list[_Unit]:
        parts: dict[int, _Unit] = {}
        for index in self._order(units):
            unit, key = units[index], merged.find(index)
            part = parts.get(key, _Unit((), frozenset(), frozenset()))
            parts[key] = _Unit(
                (*part.nodes, *unit.nodes),
                part.members | unit.members,
                part.sources | unit.sources,
                part.needs | unit.needs,
            )
        return list(parts.values())

    def _with_needs(self, at: Path) -> tuple[_Unit, ...]:
        units = self._units(at)
        inside = frozenset().union(*(each.members for each in units))
        certain = self._paths.certain(at)
        deps = _dependencies(units)
        needs: dict[int, frozenset[str]] = {}
        for index in self._order(units):
            outside = units[index].sources - inside
            closed = {each for source in outside for each in (source, *self._paths.ancestors(source))} - certain
            needs[index] = frozenset(closed).union(*(needs[each] for each in deps[index]))
        return tuple(replace(unit, needs=needs[index]) for index, unit in enumerate(units))

    def _order(self, units: Sequence[_Unit]) -> list[int]:
        try:
            return _in_order(_dependencies(units))
        except CycleError as error:
            unit = units[next(iter(error.args[1]))]
            subject = next(each for each in self._paths.stages if each in unit.members)
            raise Unplaceable(
                self._span(subject),
                subject,
                "what it needs of the rest of its block needs it, too, once the block is a group of KFP's",
                "write it outside of the block, or give it what is joined alone",
            ) from None

    # ---- questions

    def _is_taken_outside(self, at: Path) -> Callable[[str], bool]:
        taken = {source for _, path, value in self._takers if path[: len(at)] != at for source in sources_of([value])}
        return taken.__contains__

    @cached_property
    def _takers(self) -> tuple[tuple[str, Path, Wanted], ...]:
        return tuple(self._paths.takers())

    def _gives(self, at: Path, decider: str) -> bool:
        """Whether something outside takes what the branch, or its `otherwise`, gives."""
        for branch in (decider, self._paths.otherwise.get(decider)):
            if branch is not None:
                inside = (*at, branch)
                within = (each for each in self._paths.stages if self._paths.path(each)[: len(inside)] == inside)
                if any(map(self._is_taken_outside(inside), within)):
                    return True
        return False

    def _are_joined(self, held: _Unit, otherwise: _Unit) -> bool:
        """Whether all that is taken from both is one joined with the other, and KFP can do that."""
        if held.needs != otherwise.needs:
            return False
        members = held.members | otherwise.members
        joined = False
        for taker, _, value in self._takers:
            if members.isdisjoint(sources_of([value])) or self._held_by(taker) <= members:
                continue
            if not (
                isinstance(value, FirstOf) and self._paths.is_pair(value) and members.issuperset(sources_of([value]))
            ):
                return False
            if len({self._paths.wire(each) for each in value.options}) > 1:
                return False
            joined = True
        return joined

    def _held_by(self, taker: str) -> set[str]:
        """The stages in a block; a stage alone."""
        return {each for each in self._paths.stages if each == taker or taker in self._paths.path(each)}

    def _span(self, stage_id: str) -> Span | None:
        return self._paths.stages[stage_id].span


class _Merged:
    """Which units go together."""

    def __init__(self, count: int) -> None:
        self._of = list(range(count))

    def find(self, index: int) -> int:
        while self._of[index] != index:
            index = self._of[index]
        return index

    def join(self, indices: Iterable[int]) -> None:
        first, *others = sorted(map(self.find, indices))
        for each in others:
            self._of[each] = first


def _dependencies(units: Sequence[_Unit]) -> dict[int, set[int]]:
    holder = {member: index for index, unit in enumerate(units) for member in unit.members}
    return {
        index: {holder[each] for each in unit.sources if each in holder} - {index} for index, unit in enumerate(units)
    }


def _components(deps: Mapping[int, Collection[int]]) -> list[set[int]]:
    """What hangs together."""
    merged = _Merged(len(deps))
    for index, found in deps.items():
        merged.join({index, *found})
    parts: dict[int, set[int]] = {}
    for index in deps:
        parts.setdefault(merged.find(index), set()).add(index)
    return list(parts.values())


def _in_order(deps: Mapping[int, Collection[int]]) -> list[int]:
    sorter = TopologicalSorter(deps)
    sorter.prepare()
    ordered: list[int] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        ordered += ready
        sorter.done(*ready)
    return ordered
