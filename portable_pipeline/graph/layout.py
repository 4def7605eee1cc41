"""Where boxes and arrows go: a small layered layout (after Sugiyama), linear in stages and edges for each sweep.

1. rank: each stage below all its upstream, and no higher than its consumers need it;
2. order: within a rank by the mean place of the neighbours, several sweeps, the best kept;
3. place: each box as near to its neighbours' mean as the boxes beside it allow.

An edge over several ranks runs through a bend in each rank between, which takes part in 2 and 3 like a narrow box.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right, insort
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

SWEEPS = 8

#: A box or a bend: a stage's id, or the edge and the rank it passes.
_Cell = str | tuple[str, str, int]
_Rows = list[list[_Cell]]
_Neighbours = dict[_Cell, list[_Cell]]


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing's geometry, in its own units, y downwards.

    Args:
        centers: The middle of each box.
        bends: The points that each edge passes between its two boxes, from source to target.
        width: Of the drawing.
        height: Of the drawing.
    """

    centers: Mapping[str, tuple[float, float]]
    bends: Mapping[tuple[str, str], tuple[tuple[float, float], ...]]
    width: float
    height: float


def lay_out(
    sizes: Mapping[str, tuple[float, float]],
    edges: Sequence[tuple[str, str]],
    gap: tuple[float, float],
    *,
    first: Collection[str] = (),
    last: Collection[str] = (),
) -> Layout:
    """Place boxes so that all edges point downwards and few cross.

    Args:
        sizes: Width and height of each box, by name, in the order that breaks ties.
        edges: Source and target of each; without cycles.
        gap: Least distance between boxes of a rank, and between ranks.
        first: Boxes that stand in a rank of their own above all others; no edge ends there.
        last: Boxes that stand in a rank of their own below all others; no edge begins there.
    """
    ranks = _ranks_with_ends(list(sizes), edges, first, last)
    rows, above, below = _rows(ranks, edges)
    _order(rows, above, below)
    widths = {cell: sizes[cell][0] if isinstance(cell, str) else 2.0 for row in rows for cell in row}
    x = _places(rows, above, below, widths, gap[0])
    left = min((x[cell] - widths[cell] / 2 for cell in x), default=0.0)
    y, height = _levels(rows, sizes, gap[1])
    places = {cell: (x[cell] - left, y[index]) for index, row in enumerate(rows) for cell in row}
    between = {(s, t): tuple(places[s, t, rank] for rank in range(ranks[s] + 1, ranks[t])) for s, t in edges}
    width = max((places[cell][0] + widths[cell] / 2 for cell in places), default=0.0)
    return Layout({name: places[name] for name in sizes}, between, width, height)


def _ranks_with_ends(
    names: Sequence[str], edges: Sequence[tuple[str, str]], first: Collection[str], last: Collection[str]
) -> dict[str, int]:
    ends = {*first, *last}
    if not ends:
        return _ranks(names, edges)
    between = _ranks([name for name in names if name not in ends], [edge for edge in edges if ends.isdisjoint(edge)])
    start = 1 if first else 0
    below = max(between.values(), default=-1) + start + 1
    return {name: 0 if name in first else below if name in last else between[name] + start for name in names}


def _ranks(names: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    sources: dict[str, list[str]] = {name: [] for name in names}
    targets: dict[str, list[str]] = {name: [] for name in names}
    for source, target in edges:
        sources[target].append(source)
        targets[source].append(target)
    waiting = {name: len(sources[name]) for name in names}
    ordered = [name for name in names if not waiting[name]]
    ranks = dict.fromkeys(names, 0)
    for name in ordered:
        for target in targets[name]:
            ranks[target] = max(ranks[target], ranks[name] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ordered.append(target)
    # A stage that waits for nothing is drawn just above the first that needs it.
    for name in reversed(ordered):
        if not sources[name] and targets[name]:
            ranks[name] = min(ranks[target] for target in targets[name]) - 1
    return ranks


def _rows(ranks: Mapping[str, int], edges: Sequence[tuple[str, str]]) -> tuple[_Rows, _Neighbours, _Neighbours]:
    rows: _Rows = [[] for _ in range(max(ranks.values(), default=-1) + 1)]
    above: _Neighbours = {}
    below: _Neighbours = {}
    for name, rank in ranks.items():
        rows[rank].append(name)
    for source, target in edges:
        chain: list[_Cell] = [source, *((source, target, r) for r in range(ranks[source] + 1, ranks[target])), target]
        for rank, cell in enumerate(chain[1:-1], ranks[source] + 1):
            rows[rank].append(cell)
        for upper, lower in itertools.pairwise(chain):
            below.setdefault(upper, []).append(lower)
            above.setdefault(lower, []).append(upper)
    return rows, above, below


def _order(rows: _Rows, above: _Neighbours, below: _Neighbours) -> None:
    best, fewest = [list(row) for row in rows], _crossings(rows, below)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        down = sweep % 2 == 0
        for row in rows[1:] if down else rows[-2::-1]:
            _sort(row, above if down else below, rows)
        crossings = _crossings(rows, below)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    rows[:] = best


def _sort(row: list[_Cell], neighbours: _Neighbours, rows: _Rows) -> None:
    """Order a row by the mean index of the neighbours in the row that was sorted before."""
    wanted = {each for cell in row for each in neighbours.get(cell, ())}
    index = {cell: place for other in rows for place, cell in enumerate(other) if cell in wanted}
    own = {cell: place for place, cell in enumerate(row)}

    def mean(cell: _Cell) -> float:
        around = neighbours.get(cell)
        return sum(index[each] for each in around) / len(around) if around else float(own[cell])

    row.sort(key=mean)


def _crossings(rows: _Rows, below: _Neighbours) -> int:
    total = 0
    for upper, lower in itertools.pairwise(rows):
        place = {cell: index for index, cell in enumerate(lower)}
        seen: list[int] = []
        for cell in upper:
            ends = sorted(place[each] for each in below.get(cell, ()))
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total


def _places(
    rows: _Rows, above: _Neighbours, below: _Neighbours, widths: Mapping[_Cell, float], gap: float
) -> dict[_Cell, float]:
    x: dict[_Cell, float] = {}
    for row in rows:
        at = 0.0
        for cell in row:
            x[cell] = at + widths[cell] / 2
            at += widths[cell] + gap
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for row in rows if down else reversed(rows):
            _align(row, x, _mean_of(above if down else below, x), widths, gap)
    return x


def _mean_of(neighbours: _Neighbours, x: Mapping[_Cell, float]) -> Callable[[_Cell], float]:
    def wanted(cell: _Cell) -> float:
        around = neighbours.get(cell)
        return sum(x[each] for each in around) / len(around) if around else x[cell]

    return wanted


def _align(
    row: Sequence[_Cell],
    x: dict[_Cell, float],
    wanted: Callable[[_Cell], float],
    widths: Mapping[_Cell, float],
    gap: float,
) -> None:
    """Move a row as near to what each cell wants as their order and distances allow (least squares).

    Neighbours that want to overlap are pooled into a block that takes the mean of their wishes.
    """
    blocks: list[tuple[float, int]] = []  # (sum of wishes, less each cell's own offset; how many cells)
    offsets: list[float] = []
    offset = 0.0
    for index, cell in enumerate(row):
        if index:
            offset += (widths[row[index - 1]] + widths[cell]) / 2 + gap
        offsets.append(offset)
        blocks.append((wanted(cell) - offset, 1))
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            wish, count = blocks.pop()
            blocks[-1] = (blocks[-1][0] + wish, blocks[-1][1] + count)
    means = (wish / count for wish, count in blocks for _ in range(count))
    for cell, offset, mean in zip(row, offsets, means, strict=True):
        x[cell] = mean + offset


def _levels(rows: _Rows, sizes: Mapping[str, tuple[float, float]], gap: float) -> tuple[list[float], float]:
    """The middle of each row, and the height of all."""
    levels: list[float] = []
    top = 0.0
    for row in rows:
        tallest = max(sizes[cell][1] for cell in row if isinstance(cell, str))
        levels.append(top + tallest / 2)
        top += tallest + gap
    return levels, max(0.0, top - gap)
