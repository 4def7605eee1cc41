"""PPC160: loops that need each other, though no stage needs itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.loops import LoopsEntangled
from portable_pipeline.diagnostics.diagnostic import Related
from portable_pipeline.ir import Loop, Pipeline
from portable_pipeline.ir.control import loops_around, waits
from portable_pipeline.validate.scopes import reentered

Edges = Mapping[tuple[str, str], tuple[str, str]]


def entangled_loops(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Loops beside each other that need each other: the first for each loop around, and outside of all."""
    blocks = {block.id: block for block in pipeline.blocks}
    loops = {block.id: block for block in pipeline.blocks if isinstance(block, Loop)}
    around = {stage.id: [each.id for each in loops_around(blocks, stage.block)] for stage in pipeline.stages}
    siblings: dict[str | None, set[str]] = {}
    for chain in around.values():
        for outer, loop in zip((None, *chain), chain, strict=False):
            siblings.setdefault(outer, set()).add(loop)
    needs = waits(pipeline) if any(len(each) > 1 for each in siblings.values()) else {}
    for outer, beside in siblings.items():
        if len(beside) < 2:
            continue
        depth = 0 if outer is None else 1 + len(loops_around(blocks, loops[outer].parent))
        inside = {id: chain for id, chain in around.items() if outer is None or outer in chain}
        units = {id: chain[depth] if len(chain) > depth else id for id, chain in inside.items()}
        edges = {
            (units[source], units[id]): (source, id)
            for id in units
            for source in needs[id]
            if source in units and units[source] != units[id]
        }
        cycle = _cycle(edges)
        # Stages that need themselves, or a loop that does, are another mistake.
        if len(beside.intersection(cycle)) > 1 and not reentered(pipeline).keys() & {*cycle}:
            yield _told(cycle, edges, loops)


def _cycle(edges: Edges) -> list[str]:
    """Along one cycle what stands beside each other, each after what it needs; nothing if there is none."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for before, after in edges:
        sorter.add(after, before)
    try:
        sorter.prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _told(cycle: list[str], edges: Edges, loops: Mapping[str, Loop]) -> Diagnostic:
    needed = {after: edges[before, after] for before, after in pairwise(cycle)}
    first, *others = (loop for id, loop in loops.items() if id in needed)
    labels = {loop.id: "`{1}` needs `{0}`".format(*needed[loop.id]) for loop in (first, *others)}
    return LoopsEntangled(
        span=first.span,
        related=tuple(Related(loop.span, labels[loop.id]) for loop in others if loop.span is not None),
        path=", ".join(labels.values()),
        edge=labels[first.id],
    )
