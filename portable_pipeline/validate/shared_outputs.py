"""PPC201, PPC208: outputs whose addresses can be one, or one inside the other (A3).

Addresses go into a tree of their segments. Two that part at fixed text are apart, whatever follows; so only where a
segment with a variable has neighbours do the addresses below have to be compared, and there only with those that end
alike. For addresses that start alike, as nearly all do, this is linear.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from portable_pipeline.diagnostics import Diagnostic, Related, Span
from portable_pipeline.diagnostics.catalog.artifacts import SharedOutput, TooManyAddresses
from portable_pipeline.ir import Loop, Output, Pipeline, Stage
from portable_pipeline.validate.address_forms import Segment, is_literal, segments, starts_with_root
from portable_pipeline.validate.addresses import climbs
from portable_pipeline.validate.overlap import can_be_equal, ends_differ

#: What comparing may cost, in microseconds or so: a glance at the ends of a pair, and a close look at all of it.
_BUDGET = 2_000_000
_GLANCE, _LOOK = 2, 70

_Path = tuple[Segment, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Address:
    """An output's address, and where it stands in the pipeline."""

    position: int
    stage: Stage
    output: Output
    path: _Path

    @property
    def name(self) -> str:
        return f"{self.stage.id}.{self.output.name}"

    @property
    def span(self) -> Span | None:
        return self.output.span or self.stage.span


@dataclass(frozen=True, slots=True, eq=False)
class _Node:
    """A segment in the tree of addresses; those that end here are all the same."""

    ends: list[_Address] = field(default_factory=list)
    children: dict[Segment, _Node] = field(default_factory=dict)


class _TooMany(Exception):
    """More pairs have to be compared than there is time for."""


class _Budget:
    """What may still be spent on comparing."""

    def __init__(self) -> None:
        self._left = _BUDGET

    def spend(self, cost: int) -> None:
        """Take the cost of a comparison.

        Raises:
            _TooMany: If nothing is left.
        """
        self._left -= cost
        if self._left < 0:
            raise _TooMany


def shared_outputs(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Outputs that can overwrite an earlier one, or lie inside it or around it; each is told once."""
    addresses = _addresses(pipeline)
    told: set[int] = set()
    try:
        for one, other, clash in _clashes(_tree(addresses)):
            first, second = sorted((one, other), key=lambda each: each.position)
            if second.position not in told:
                told.add(second.position)
                yield _shared(first, second, clash.format(one.name, other.name))
    except _TooMany:
        yield TooManyAddresses(span=pipeline.span, count=len(addresses))


def _addresses(pipeline: Pipeline) -> list[_Address]:
    parameters = {parameter.name: parameter for parameter in pipeline.parameters}
    keyed = {block.id for block in pipeline.blocks if isinstance(block, Loop) and block.key is not None}
    outputs = [(stage, output) for stage in pipeline.stages for output in stage.outputs]
    return [
        _Address(position, stage, output, segments(output.uri, parameters, keyed))
        for position, (stage, output) in enumerate(outputs)
        if output.uri.parts and not climbs(output.uri)
    ]


def _tree(addresses: Iterable[_Address]) -> _Node:
    root = _Node()
    for address in addresses:
        node = root
        for segment in address.path:
            node = node.children.setdefault(segment, _Node())
        node.ends.append(address)
    return root


_Clash = tuple[_Address, _Address, str]

_SAME = "`{}` and `{}` have the same address"
_CAN_BE_SAME = "`{}` and `{}` can have the same address"
_INSIDE = "`{}` lies inside `{}`"
_CAN_BE_INSIDE = "`{}` can lie inside `{}`"


def _clashes(root: _Node) -> Iterator[_Clash]:
    budget = _Budget()
    work = [(root, 0)]
    while work:
        node, depth = work.pop()
        for other in node.ends[1:]:
            yield other, node.ends[0], _SAME
        if node.ends and node.children:
            for below in _below(node.children.values()):
                yield below, node.ends[0], _INSIDE
        yield from _among_children(node, depth, budget)
        work.extend((child, depth + 1) for child in node.children.values())


def _among_children(node: _Node, depth: int, budget: _Budget) -> Iterator[_Clash]:
    """Clashes between addresses that part at this node, at least one of them at a variable."""
    variable = [segment for segment in node.children if not is_literal(segment)]
    if not variable or len(node.children) == 1:
        return
    compared: list[_Address] = list(_below(child for segment, child in node.children.items() if is_literal(segment)))
    for segment in variable:
        mine = list(_below([node.children[segment]]))
        yield from _between(mine, compared, depth, budget)
        compared += mine


def _between(mine: list[_Address], others: list[_Address], depth: int, budget: _Budget) -> Iterator[_Clash]:
    endings = _Endings(others)
    for address in mine:
        for other in endings.like(address.path):
            if _clash(address.path[depth:], other.path[depth:], depth, budget):
                yield address, other, _CAN_BE_SAME
    for inner, outer in ((mine, others), (others, mine)):
        # A path through a file fails when it is made; through a directory it would be lost with the next commit.
        directories = _Endings(each for each in outer if each.output.artifact == "Directory")
        for folder, inside in _folders(inner, depth).items() if directories else ():
            for other in directories.like(folder):
                if _clash(folder[depth:], other.path[depth:], depth, budget, one_folder=True):
                    yield inside, other, _CAN_BE_INSIDE


def _clash(one: _Path, other: _Path, depth: int, budget: _Budget, *, one_folder: bool = False) -> bool:
    budget.spend(_GLANCE)
    if ends_differ(one, other):
        return False
    budget.spend(_LOOK)
    # What both start with is no root any more: an empty first segment stands for it.
    above = ((),) if depth else ()
    return can_be_equal((*above, *one), (*above, *other), one_folder=one_folder)


def _folders(addresses: Iterable[_Address], depth: int) -> dict[_Path, _Address]:
    """Folders that addresses lie in, each with the first of these; a root itself is taken for no artifact."""
    found: dict[_Path, _Address] = {}
    for address in addresses:
        first = max(depth + 1, 2 if starts_with_root(address.path) else 1)
        for length in range(first, len(address.path)):
            found.setdefault(address.path[:length], address)
    return found


class _Endings:
    """Addresses by the fixed segments with which they end."""

    def __init__(self, addresses: Iterable[_Address]) -> None:
        self._exactly: dict[_Path, list[_Address]] = defaultdict(list)
        self._longer: dict[_Path, list[_Address]] = defaultdict(list)
        for address in addresses:
            ending = _ending(address.path)
            self._exactly[ending].append(address)
            for start in range(1, len(ending) + 1):
                self._longer[ending[start:]].append(address)

    def __bool__(self) -> bool:
        return bool(self._exactly)

    def like(self, path: _Path) -> Iterator[_Address]:
        """Those that can end as the path does: one of the two endings is the end of the other."""
        ending = _ending(path)
        for start in range(len(ending) + 1):
            yield from self._exactly.get(ending[start:], ())
        yield from self._longer.get(ending, ())


def _ending(path: _Path) -> _Path:
    start = len(path)
    while start and is_literal(path[start - 1]):
        start -= 1
    return path[start:]


def _below(nodes: Iterable[_Node]) -> Iterator[_Address]:
    work = list(nodes)
    while work:
        node = work.pop()
        yield from node.ends
        work.extend(node.children.values())


def _shared(first: _Address, second: _Address, clash: str) -> SharedOutput:
    span, other = second.span, first.span
    if span == other:
        # One function, called twice: it is the calls that differ.
        span, other = second.stage.span, first.stage.span
    related = (Related(other, f"`{first.name}` is `{first.output.uri.template}`"),) if other and other != span else ()
    return SharedOutput(span=span, related=related, clash=clash, output=second.name, address=second.output.uri.template)
