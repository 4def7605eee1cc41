"""Where everything of a drawing goes, frames included: each frame is laid out by itself, and is a box outside.

An arrow that crosses a frame runs through a gate in it: a point in its first or last row. The parts of an arrow, one
for each frame that it passes, are put together from the inside outwards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from portable_pipeline.graph.clusters import Cluster
from portable_pipeline.graph.edges import Edge
from portable_pipeline.graph.layout import Layout, lay_out

Point = tuple[float, float]

GAP = (36.0, 54.0)
#: Between a frame and what is inside; above that, the frame's title.
PADDING, TITLE = 16.0, 24.0
_GATE = (10.0, 2.0)
#: How much nearer gates stand to what is inside than rows to each other.
_NEARER = 34.0


@dataclass(slots=True)
class Arrangement:
    """Places in a drawing or in a frame, from its upper left corner.

    Args:
        centers: The middle of each box.
        frames: Left, top, width and height of each frame inside, by id, the outer ones first.
        whole: The points of each arrow that begins and ends inside.
        leaving: The points of each arrow that leaves, to the gate.
        entering: The points of each arrow that enters, from the gate.
    """

    width: float = 0.0
    height: float = 0.0
    centers: dict[str, Point] = field(default_factory=dict)
    frames: dict[str, tuple[float, float, float, float]] = field(default_factory=dict)
    whole: dict[Edge, list[Point]] = field(default_factory=dict)
    leaving: dict[Edge, list[Point]] = field(default_factory=dict)
    entering: dict[Edge, list[Point]] = field(default_factory=dict)


def arrange(
    cluster: Cluster,
    sizes: Mapping[str, Point],
    edges: Sequence[Edge],
    *,
    widths: Mapping[str, float],
    pointed: Collection[str] = (),
) -> Arrangement:
    """Place boxes, frames and arrows.

    Args:
        cluster: The whole drawing.
        sizes: Width and height of each box.
        edges: All arrows; without cycles.
        widths: Of the title of each frame.
        pointed: Boxes that are left and entered in the middle of a side.
    """
    home = dict.fromkeys(cluster.nodes, "")
    for inner in cluster.inner:
        home |= dict.fromkeys(inner.everything, inner.id)
    children = {name: name if not home[name] else home[name] for name in home}
    if _circular(children, edges):
        # The frames get into each other's way, as groups may: what is inside of them is drawn without.
        nodes = (*cluster.nodes, *(name for inner in cluster.inner for name in inner.nodes))
        further = tuple(deeper for inner in cluster.inner for deeper in inner.inner)
        flat = Cluster(cluster.id, cluster.title, nodes, further, cluster.repeats)
        return arrange(flat, sizes, edges, widths=widths, pointed=pointed)
    inner_parts = {inner.id: arrange(inner, sizes, edges, widths=widths, pointed=pointed) for inner in cluster.inner}
    return _Level(cluster, children, sizes, edges, inner=inner_parts, widths=widths).arranged(pointed)


def _circular(children: Mapping[str, str], edges: Iterable[Edge]) -> bool:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for edge in edges:
        source, target = children.get(edge.source), children.get(edge.target)
        if source is not None and target is not None and source != target:
            sorter.add(target, source)
    try:
        sorter.prepare()
    except CycleError:
        return True
    return False


class _Level:
    """One frame whose inner frames are done."""

    def __init__(
        self,
        cluster: Cluster,
        children: Mapping[str, str],
        sizes: Mapping[str, Point],
        edges: Sequence[Edge],
        *,
        inner: Mapping[str, Arrangement],
        widths: Mapping[str, float],
    ) -> None:
        self._inner = inner
        self._ends: dict[Edge, tuple[str, str]] = {}
        self._gates_in: dict[str, None] = {}
        self._gates_out: dict[str, None] = {}
        for edge in edges:
            self._take(edge, children.get(edge.source), children.get(edge.target))
        self._sizes = {name: sizes[name] for name in cluster.nodes}
        for name, part in inner.items():
            width = max(part.width, widths[name]) + 2 * PADDING
            self._sizes[name] = width, part.height + TITLE + PADDING
        gates = dict.fromkeys((*self._gates_in, *self._gates_out), _GATE)
        self._layout = lay_out(
            self._sizes | gates,
            list(dict.fromkeys(self._ends.values())),
            GAP,
            first=frozenset(self._gates_in),
            last=frozenset(self._gates_out),
        )

    def _take(self, edge: Edge, source: str | None, target: str | None) -> None:
        if source == target:
            return
        if source is None:
            # All that enters for one box comes through one gate, and what leaves one box leaves through one.
            source = f"in:{edge.target}"
            self._gates_in[source] = None
        if target is None:
            target = f"out:{edge.source}"
            self._gates_out[target] = None
        self._ends[edge] = source, target

    def arranged(self, pointed: Collection[str]) -> Arrangement:
        """The frame with all that is inside."""
        layout = self._layout
        raised = _NEARER if self._gates_in else 0.0
        found = Arrangement(layout.width, layout.height - raised - (_NEARER if self._gates_out else 0.0))
        places = {name: self._moved(name, point, raised, found.height) for name, point in layout.centers.items()}
        for name in self._sizes:
            if name in self._inner:
                self._put_in(name, places[name], found)
            else:
                found.centers[name] = places[name]
        sides = {name: (0.0, size[1]) if name in pointed else size for name, size in self._sizes.items()}
        ports = _ports(self._ends, self._bends(layout, raised), places, sides)
        for edge, (source, target) in self._ends.items():
            between = [(x, y - raised) for x, y in layout.bends[source, target]]
            points = [
                *self._start(edge, source, places, ports),
                *between,
                *self._end(edge, target, places, ports),
            ]
            kind = found.entering if source in self._gates_in else found.whole
            (found.leaving if target in self._gates_out else kind)[edge] = points
        return found

    def _moved(self, name: str, point: Point, raised: float, height: float) -> Point:
        if name in self._gates_in:
            return point[0], 0.0
        return (point[0], height) if name in self._gates_out else (point[0], point[1] - raised)

    def _bends(self, layout: Layout, raised: float) -> dict[Edge, list[Point]]:
        return {edge: [(x, y - raised) for x, y in layout.bends[ends]] for edge, ends in self._ends.items()}

    def _put_in(self, name: str, center: Point, found: Arrangement) -> None:
        part, (width, height) = self._inner[name], self._sizes[name]
        left, top = center[0] - width / 2, center[1] - height / 2
        shift = self._shift(name, center)
        found.frames[name] = left, top, width, height
        for inner, (x, y, inner_width, inner_height) in part.frames.items():
            found.frames[inner] = x + shift[0], y + shift[1], inner_width, inner_height
        found.centers |= {each: (x + shift[0], y + shift[1]) for each, (x, y) in part.centers.items()}
        found.whole |= {edge: _shifted(points, shift) for edge, points in part.whole.items()}

    def _shift(self, name: str, center: Point) -> Point:
        part, (width, height) = self._inner[name], self._sizes[name]
        return center[0] - width / 2 + (width - part.width) / 2, center[1] - height / 2 + TITLE

    def _start(
        self, edge: Edge, name: str, places: Mapping[str, Point], ports: Mapping[tuple[Edge, int], Point]
    ) -> list[Point]:
        if name not in self._inner:
            return [ports.get((edge, +1), places[name])]
        points = _shifted(self._inner[name].leaving[edge], self._shift(name, places[name]))
        return [*points, (points[-1][0], places[name][1] + self._sizes[name][1] / 2)]

    def _end(
        self, edge: Edge, name: str, places: Mapping[str, Point], ports: Mapping[tuple[Edge, int], Point]
    ) -> list[Point]:
        if name not in self._inner:
            return [ports.get((edge, -1), places[name])]
        points = _shifted(self._inner[name].entering[edge], self._shift(name, places[name]))
        return [(points[0][0], places[name][1] - self._sizes[name][1] / 2), *points]


def _shifted(points: Iterable[Point], by: Point) -> list[Point]:
    return [(x + by[0], y + by[1]) for x, y in points]


def _ports(
    ends: Mapping[Edge, tuple[str, str]],
    bends: Mapping[Edge, list[Point]],
    centers: Mapping[str, Point],
    sizes: Mapping[str, Point],
) -> dict[tuple[Edge, int], Point]:
    """Where each arrow leaves (+1) and enters (-1) a box: spread over the box's side, in order."""
    leaving: dict[str, list[Edge]] = {}
    entering: dict[str, list[Edge]] = {}
    for edge, (source, target) in ends.items():
        leaving.setdefault(source, []).append(edge)
        entering.setdefault(target, []).append(edge)
    found: dict[tuple[Edge, int], Point] = {}
    for name, group in leaving.items():
        if name in sizes:
            group.sort(key=lambda edge: (*bends[edge], centers[ends[edge][1]])[0])
            found |= _along(group, centers[name], sizes[name], +1)
    for name, group in entering.items():
        if name in sizes:
            group.sort(key=lambda edge: (centers[ends[edge][0]], *bends[edge])[-1])
            found |= _along(group, centers[name], sizes[name], -1)
    return found


def _along(group: Sequence[Edge], center: Point, size: Point, side: int) -> dict[tuple[Edge, int], Point]:
    """Points along the lower (`side` 1) or upper (-1) side of a box."""
    (x, y), (width, height) = center, size
    return {
        (edge, side): (x + each, y + side * height / 2)
        for edge, each in zip(group, _spread(len(group), width), strict=True)
    }


def _spread(count: int, width: float) -> list[float]:
    step = max(0.0, min(22.0, (width - 24) / max(1, count - 1)))
    return [(index - (count - 1) / 2) * step for index in range(count)]
