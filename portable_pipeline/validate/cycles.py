"""PPC104: stages that wait for each other, through data or `.after`."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from portable_pipeline.diagnostics import Diagnostic, Related, Span
from portable_pipeline.diagnostics.catalog.graph import StageCycle
from portable_pipeline.ir import Pipeline, Stage
from portable_pipeline.ir.control import waits
from portable_pipeline.ir.graph import stages_of

#: Of a longer cycle only so many edges are shown.
_SHOWN = 8

_Edges = Mapping[str, Sequence[str]]


def cycles(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """One shortest cycle for each knot of stages that wait for each other."""
    stages = {stage.id: stage for stage in pipeline.stages}
    edges = {name: [each for each in needed if each in stages] for name, needed in waits(pipeline).items()}
    for knot in _knots(edges):
        members = set(knot)
        first = next(stage.id for stage in pipeline.stages if stage.id in members)
        yield _diagnostic(_shortest_cycle(first, members, edges), stages)


def _diagnostic(cycle: Sequence[str], stages: Mapping[str, Stage]) -> StageCycle:
    needs = list(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
    needs.sort(key=lambda edge: _place(edge, stages) or Span("", 0))
    shown = needs if len(needs) <= _SHOWN else [*needs[: _SHOWN - 1], needs[-1]]
    *others, last = shown
    related = [
        Related(span, f"`{one}` needs `{other}` ...")
        for one, other in others
        if (span := _place((one, other), stages)) is not None
    ]
    path = [*cycle, cycle[0]][::-1]  # in the order in which they would have to run
    if len(path) > _SHOWN + 1:
        path = [*path[:4], f"({len(path) - 8} more)", *path[-4:]]
    return StageCycle(
        span=_place(last, stages),
        related=tuple(related),
        path=" -> ".join(path),
        edge=("... and " if others else "") + f"`{last[0]}` needs `{last[1]}`",
    )


def _place(edge: tuple[str, str], stages: Mapping[str, Stage]) -> Span | None:
    stage = stages[edge[0]]
    for given in stage.inputs:
        if edge[1] in stages_of(given.value) and given.span:
            return given.span
    return stage.span


def _knots(edges: _Edges) -> Iterator[list[str]]:
    """Strongly connected components with a cycle in them: Tarjan's algorithm, without recursion."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    position: dict[str, int] = {}  # of those on the stack
    for root in edges:
        if root in index:
            continue
        work = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        position[root] = len(stack)
        stack.append(root)
        while work:
            node, rest = work[-1]
            for needed in rest:
                if needed not in index:
                    index[needed] = low[needed] = len(index)
                    position[needed] = len(stack)
                    stack.append(needed)
                    work.append((needed, iter(edges[needed])))
                    break
                if needed in position:
                    low[node] = min(low[node], index[needed])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    at = position[node]
                    knot = stack[at:]
                    del stack[at:]
                    for member in knot:
                        del position[member]
                    if len(knot) > 1 or node in edges[node]:
                        yield knot


def _shortest_cycle(first: str, members: set[str], edges: _Edges) -> list[str]:
    """The stages on a shortest way from `first` back to it, each needing the next."""
    came_from: dict[str, str] = {}
    queue = deque([first])
    while queue:
        node = queue.popleft()
        for needed in edges[node]:
            if needed == first:
                way = [node]
                while way[-1] != first:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if needed in members and needed not in came_from:
                came_from[needed] = node
                queue.append(needed)
    raise AssertionError("every member of a knot lies on a cycle")
