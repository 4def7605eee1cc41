"""Where stages go among KFP's nested groups.

A `dsl.If` or `dsl.ParallelFor` is a graph of its own: nothing outside can name a task inside, save by `dsl.OneOf` and
`dsl.Collected`, and it starts, fails and is skipped as one.

| in the portable semantics                                  | here                                                   |
|------------------------------------------------------------|--------------------------------------------------------|
| a stage that needs a stage of a branch is skipped with it  | it moves into the branch's `dsl.If`                    |
| stages of a branch wait only for what each of them needs   | a `dsl.If` of its own for what hangs together; refused |
|                                                            | where stages that hang together wait for other things  |
| a join needs only its options, `collect` only its stage    | refused where the block holds more than these need     |
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from portable_pipeline.diagnostics import Span
from portable_pipeline.ir import ArtifactRef, Branch, Collected, FirstOf, Loop, Pipeline, ResultRef, Stage, Value
from portable_pipeline.ir.control import values_of
from portable_pipeline.ir.graph import order_only, stages_of, upstream
from ppc_kfp.components import field_type
from ppc_kfp.wires import Wire, wire

#: Ids of the branches and loops around something, the outermost first.
Path = tuple[str, ...]


class Unplaceable(Exception):
    """The pipeline has no form in KFP's groups.

    Args:
        subject: Id of the stage or block that cannot be placed.
        reason: What KFP lacks for it.
        instead: What the user can write.
    """

    def __init__(self, span: Span | None, subject: str, reason: str, instead: str) -> None:
        super().__init__(reason)
        self.span, self.subject, self.reason, self.instead = span, subject, reason, instead


@dataclass(frozen=True, slots=True)
class Predicate:
    """The task that evaluates the predicate of a `when` and of its `otherwise`."""

    when: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A `dsl.If`, with its `dsl.Else`, on the predicate of a `when`; each may be without content."""

    when: str
    held: tuple[Node, ...]
    otherwise: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """The task that prepares the items of a loop."""

    loop: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """A `dsl.ParallelFor`.

    Args:
        collected: What is collected from it.
    """

    loop: str
    body: tuple[Node, ...]
    collected: tuple[Collected, ...]


#: A string is the id of a stage.
Node = str | Predicate | Condition | Items | Repeated


def layout(pipeline: Pipeline) -> tuple[Node, ...]:
    """The stages as a tree, each after what it needs.

    Raises:
        Unplaceable: If there is none.
    """
    return _Layout(pipeline).level(())


@dataclass(frozen=True)
class _Layout:
    pipeline: Pipeline

    @cached_property
    def stages(self) -> Mapping[str, Stage]:
        return {each.id: each for each in self.pipeline.stages}

    @cached_property
    def branches(self) -> Mapping[str, Branch]:
        return {each.id: each for each in self.pipeline.blocks if isinstance(each, Branch)}

    @cached_property
    def loops(self) -> Mapping[str, Loop]:
        return {each.id: each for each in self.pipeline.blocks if isinstance(each, Loop)}

    @cached_property
    def parents(self) -> Mapping[str, str | None]:
        return {each.id: each.parent for each in self.pipeline.blocks}

    @cached_property
    def paths(self) -> dict[str, Path]:
        """Of each stage, once it has been looked up."""
        return {}

    # ---- where things go

    def path(self, stage_id: str) -> Path:
        if stage_id not in self.paths:
            stage = self.stages[stage_id]
            found = self.block_path(stage.block)
            for value in (*(each.value for each in stage.inputs), *order_only(stage)):
                found = self._deeper(found, self._source_path(value, stage.span, stage_id), stage.span, stage_id)
            self._check_loops(found, stage)
            self.paths[stage_id] = found
        return self.paths[stage_id]

    def block_path(self, block_id: str | None) -> Path:
        """Where the stages of a block go."""
        if block_id is None:
            return ()
        if block_id not in self.branches and block_id not in self.loops:
            return self.block_path(self.parents[block_id])
        return (*self.location(block_id), block_id)

    def location(self, block_id: str) -> Path:
        """Where the branch or loop itself stands."""
        block = self.block(block_id)
        found = self.block_path(block.parent)
        for value in values_of(block):
            found = self._deeper(found, self._source_path(value, block.span, block_id), block.span, block_id)
        return found

    def block(self, block_id: str) -> Branch | Loop:
        return self.branches[block_id] if block_id in self.branches else self.loops[block_id]

    def _check_loops(self, path: Path, stage: Stage) -> None:
        """A stage is repeated only by loops that it stands in."""
        own = self.block_path(stage.block)
        if any(each in self.loops and each not in own for each in path):
            raise Unplaceable(
                stage.span,
                stage.id,
                "KFP has no way to wait for a loop without taking what it gives",
                "`collect(...)` a result of the loop and pass it in",
            )

    def _source_path(self, value: Value | str, span: Span | None, subject: str) -> Path:
        if isinstance(value, str):
            return self.path(value)
        if isinstance(value, FirstOf):
            return self._joined(value, span, subject)[0]
        if isinstance(value, Collected):
            return self._collected(value, span, subject)
        sources = stages_of(value)
        return self.path(sources[0]) if sources else ()

    def _collected(self, value: Collected, span: Span | None, subject: str) -> Path:
        """Where the loop stands."""
        if not isinstance(value.of, ResultRef):
            reasons = {
                True: "KFP cannot collect from a loop without items, and its local engine joins no list of artifacts "
                "with an empty one",
                False: "what a loop in a loop gives cannot be told apart once KFP has collected it",
            }
            raise Unplaceable(
                span,
                subject,
                reasons[isinstance(value.of, ArtifactRef)],
                "collect results of the loop's own stages, such as the addresses of artifacts",
            )
        path = self.path(value.of.stage)
        if path[-1] != value.loop:
            raise Unplaceable(
                span,
                subject,
                "KFP collects from a loop's own stages, and not from a condition in it",
                "collect a stage that runs for each item",
            )
        return path[:-1]

    def _deeper(self, one: Path, other: Path, span: Span | None, subject: str) -> Path:
        longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
        if longer[: len(shorter)] != shorter:
            raise Unplaceable(
                span,
                subject,
                f"it needs stages of both `{one[-1]}` and `{other[-1]}`, and KFP cannot look into two blocks",
                "write it and what it needs into one `when(...)`, with the predicates combined by `&`",
            )
        return longer

    def _joined(self, value: FirstOf, span: Span | None, subject: str) -> tuple[Path, str]:
        """Where the two branches of a join stand, and the id of the `when`."""
        if any(isinstance(each, ArtifactRef) for each in value.options):
            raise Unplaceable(
                span,
                subject,
                "KFP's own local engine cannot join artifacts, so nothing shows what becomes of them",
                "join results, such as the address that the artifact was written to",
            )
        types = {_wire(self.stages[each.stage], each) for each in value.options}
        if len(types) > 1:
            raise Unplaceable(
                span,
                subject,
                "KFP joins values of one type of its own; a float is a number to it, an int or an optional is text",
                "let both options return the same type",
            )
        paths = [self.path(each.stage) for each in value.options]
        first, last = paths[0], paths[-1]
        if len(paths) == 2 and first and last and first[:-1] == last[:-1]:
            for one, other in ((first[-1], last[-1]), (last[-1], first[-1])):
                if self.branches[other].otherwise_of == one:
                    return first[:-1], one
        raise Unplaceable(
            span,
            subject,
            "KFP joins the two branches of one `when` and its `otherwise` and no others",
            "join two options, one directly in a `when`, the other in its `otherwise`",
        )

    # ---- the order

    def level(self, at: Path) -> tuple[Node, ...]:
        """What stands directly in a branch, or at the top."""
        units = self.units(at)
        deps = self.dependencies(at, units)
        try:
            order = _in_order(units, deps)
        except CycleError as error:
            unit = next(iter(error.args[1]))
            raise Unplaceable(
                self._span(unit),
                unit,
                "a stage that needs both a branch and what is joined from it stands on both sides of the branch",
                "give it the joined value alone",
            ) from None
        return tuple(node for unit in order for node in self._nodes(unit, at))

    def units(self, at: Path) -> tuple[str, ...]:
        """Ids of the stages and of the `when`s there, in the order of the pipeline."""
        stages = [each.id for each in self.pipeline.stages if self.path(each.id) == at]
        inside = {self._when(self.path(each.id)[len(at)]) for each in self._within(at) if self.path(each.id) != at}
        return (*stages, *(each.id for each in self.pipeline.blocks if each.id in inside))

    def dependencies(self, at: Path, units: Collection[str]) -> dict[str, set[str]]:
        """For each unit the others there that it needs."""
        found: dict[str, set[str]] = {each: set() for each in units}
        for unit in units:
            for source in self._sources(unit, at):
                other = self._unit(source, at)
                if other is not None and other != unit:
                    found[unit].add(other)
        return found

    def _nodes(self, unit: str, at: Path) -> Iterator[Node]:
        if unit in self.stages:
            yield unit
            return
        if unit in self.loops:
            yield Items(unit)
            body = self._parts((*at, unit))
            if len(body) > 1:
                self._refuse_needs(unit, body)
            yield Repeated(unit, tuple(_flat(body)), self._check_collected((*at, unit)))
            return
        yield Predicate(unit)
        bodies = [self._parts((*at, branch)) for branch in (unit, self._otherwise(unit)) if branch is not None]
        held, otherwise = bodies[0], bodies[1] if len(bodies) > 1 else {}
        joined = self._is_joined(unit)
        if joined:
            self._check_join(unit, at)
        if len({*held, *otherwise}) <= 1:
            yield Condition(unit, *(tuple(_flat(part)) for part in (held, otherwise)))
        elif joined:
            self._refuse_needs(unit, {**held, **otherwise})
        else:
            yield from (Condition(unit, part, ()) for part in held.values())
            yield from (Condition(unit, (), part) for part in otherwise.values())

    def _parts(self, at: Path) -> dict[frozenset[str], tuple[Node, ...]]:
        """What stands in a branch, by what it waits for from outside besides the predicate."""
        nodes = self.level(at)
        units = self.units(at)
        deps = self.dependencies(at, units)
        certain = self._certain(at)
        needs: dict[str, frozenset[str]] = {}
        for unit in _in_order(units, deps):
            outside = {each for each in self._sources(unit, at) if self._unit(each, at) is None}
            closed = {each for source in outside for each in (source, *self._ancestors(source))} - certain
            needs[unit] = frozenset(closed).union(*(needs[each] for each in deps[unit]))
        for unit in units:
            for each in deps[unit]:
                if needs[each] != needs[unit]:
                    self._refuse_needs(unit, {needs[each]: (), needs[unit]: ()})
        found: dict[frozenset[str], tuple[Node, ...]] = {}
        for node in nodes:
            key = needs[_unit_of(node)]
            found[key] = (*found.get(key, ()), node)
        return found

    def _refuse_needs(self, unit: str, needs: Mapping[frozenset[str], object]) -> None:
        union, common = frozenset().union(*needs), frozenset.intersection(*needs)
        other = next(each.id for each in self.pipeline.stages if each.id in union - common)
        raise Unplaceable(
            self._span(unit),
            unit,
            f"KFP starts a block as a whole: other stages of it would wait for `{other}`, too, and not run if it fails",
            f"use `{other}` in the predicate, or before it, or let all stages of the block need it",
        )

    def _check_join(self, when: str, at: Path) -> None:
        """A join must not depend on stages that none of its options needs."""
        for consumer, value in self._joins():
            if self._joined(value, None, "")[1] != when:
                continue
            for option in value.options:
                inside = self.path(option.stage)
                needed = {option.stage, *self._ancestors(option.stage, everything=True)}
                extra = next((each for each in self._within(inside) if each.id not in needed), None)
                if extra is not None:
                    raise Unplaceable(
                        extra.span,
                        extra.id,
                        f"`{consumer}` joins the branch, and KFP would fail or hold up the join with `{extra.id}`, "
                        f"which `{option.stage}` does not need",
                        f"put `{extra.id}` after the join, or into a `when` of its own",
                    )

    def _check_collected(self, at: Path) -> tuple[Collected, ...]:
        """What is collected from a loop; it must not depend on stages that it does not need."""
        found = dict.fromkeys(value for value in self._taken() if isinstance(value, Collected) and value.loop == at[-1])
        for value in found:
            source = stages_of(value)[0]
            needed = {source, *self._ancestors(source, everything=True)}
            extra = next((each for each in self._within(at) if each.id not in needed), None)
            if extra is not None:
                raise Unplaceable(
                    extra.span,
                    extra.id,
                    f"KFP would hold up or fail what collects `{source}` with `{extra.id}`, which it does not need",
                    f"put `{extra.id}` into a loop of its own, over what was collected",
                )
        return tuple(found)

    # ---- questions

    def _taken(self) -> Iterator[Value]:
        for stage in self.pipeline.stages:
            yield from _values(stage)
        for block in self.pipeline.blocks:
            yield from values_of(block)

    def _when(self, branch_id: str) -> str:
        branch = self.branches.get(branch_id)
        return branch_id if branch is None else branch.otherwise_of or branch_id

    def _otherwise(self, when: str) -> str | None:
        return next((each.id for each in self.branches.values() if each.otherwise_of == when), None)

    def _within(self, at: Path) -> list[Stage]:
        return [each for each in self.pipeline.stages if self.path(each.id)[: len(at)] == at]

    def _unit(self, stage_id: str, at: Path) -> str | None:
        """The unit there that holds a stage; None if the stage is outside."""
        path = self.path(stage_id)
        if path[: len(at)] != at:
            return None
        return stage_id if path == at else self._when(path[len(at)])

    def _sources(self, unit: str, at: Path) -> Iterator[str]:
        """The stages that a unit names, those that it holds itself among them."""
        if unit in self.stages:
            yield from upstream(self.stages[unit])
            return
        for branch in (unit, self._otherwise(unit)):
            if branch is None:
                continue
            inside = (*at, branch)
            yield from self._operands(branch)
            for stage in self._within(inside):
                yield from upstream(stage)
                for around in self.path(stage.id)[len(inside) :]:
                    yield from self._operands(around)

    def _operands(self, block_id: str) -> Iterator[str]:
        for value in values_of(self.block(block_id)):
            yield from stages_of(value)

    def _certain(self, at: Path) -> set[str]:
        """Stages that have succeeded when a branch starts, in any case."""
        sources = [each for branch in at for each in self._operands(branch)]
        return {each for source in sources for each in (source, *self._ancestors(source))}

    def _ancestors(self, stage_id: str, *, everything: bool = False) -> set[str]:
        """Stages that have succeeded when this one has; or all that it names, at any distance."""
        seen: set[str] = set()
        waiting = [stage_id]
        while waiting:
            stage = self.stages[waiting.pop()]
            sources = {*upstream(stage), *(each for branch in self.path(stage.id) for each in self._operands(branch))}
            if not everything:
                sources -= {each for value in _values(stage) if isinstance(value, FirstOf) for each in stages_of(value)}
            waiting += sorted(sources - seen)
            seen |= sources
        return seen

    def _is_joined(self, when: str) -> bool:
        return any(self._joined(value, None, "")[1] == when for _, value in self._joins())

    def _joins(self) -> Iterator[tuple[str, FirstOf]]:
        for stage in self.pipeline.stages:
            yield from ((stage.id, value) for value in _values(stage) if isinstance(value, FirstOf))
        for block in self.pipeline.blocks:
            yield from ((block.id, value) for value in values_of(block) if isinstance(value, FirstOf))

    def _span(self, unit: str) -> Span | None:
        return self.stages[unit].span if unit in self.stages else self.block(unit).span


def _wire(stage: Stage, value: ResultRef | ArtifactRef) -> Wire:
    """KFP's type of a result."""
    field = value.field if isinstance(value, ResultRef) else None
    return wire(field_type(stage.result, field))


def _unit_of(node: Node) -> str:
    match node:
        case Items() | Repeated():
            return node.loop
        case Predicate() | Condition():
            return node.when
    return node


def _values(stage: Stage) -> tuple[Value, ...]:
    return tuple(each.value for each in stage.inputs)


def _flat(parts: Mapping[frozenset[str], tuple[Node, ...]]) -> Iterator[Node]:
    return (node for part in parts.values() for node in part)


def _in_order(units: Iterable[str], deps: Mapping[str, Collection[str]]) -> list[str]:
    position = {unit: index for index, unit in enumerate(units)}
    sorter = TopologicalSorter(deps)
    sorter.prepare()
    ordered: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=position.__getitem__)
        ordered += ready
        sorter.done(*ready)
    return ordered
