"""SVG: boxes for stages, solid arrows for data, dashed ones for mere order."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

from portable_pipeline.graph.edges import Edge, details, edges
from portable_pipeline.graph.layout import lay_out
from portable_pipeline.ir import CommandBody, Pipeline, Stage

Point = tuple[float, float]

_MARGIN, _PADDING, _TITLE = 24.0, 14.0, 34.0
_GAP = (36.0, 54.0)
_BOX_HEIGHT, _TALL_BOX_HEIGHT, _LEAST_WIDTH = 36.0, 48.0, 96.0
#: Mean width of a character, in pixels, for the two sizes of text.
_NAME_CHARACTER, _DETAIL_CHARACTER = 7.6, 6.2

_STYLE = """\
<style>
  text { font-family: "Helvetica Neue", Helvetica, Arial, "DejaVu Sans", sans-serif; fill: #1f2933; }
  .title { font-size: 15px; font-weight: 600; }
  .name { font-size: 13px; font-weight: 600; text-anchor: middle; }
  .detail { font-size: 11px; fill: #616e7c; text-anchor: middle; }
  .carries { font-size: 10px; fill: #3e4c59; text-anchor: middle; stroke: #ffffff; stroke-width: 4px;
    paint-order: stroke; }
  .stage { fill: #f0f4f8; stroke: #486581; stroke-width: 1.2; }
  .command { fill: #fff8e6; stroke: #8d6b1f; }
  .edge { fill: none; stroke: #627d98; stroke-width: 1.4; }
  .order { stroke-dasharray: 5 4; }
</style>
<defs>
  <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
    <path d="M0 0 L8 4 L0 8 Z" fill="#627d98"/>
  </marker>
</defs>"""


def as_svg(pipeline: Pipeline) -> str:
    """A drawing of its own, which needs nothing beside it. The same pipeline gives the same text."""
    arrows = edges(pipeline)
    sizes = {stage.id: _size(stage) for stage in pipeline.stages}
    layout = lay_out(sizes, [(each.source, each.target) for each in arrows], _GAP)
    width = max(layout.width, _text_width(pipeline.name, _NAME_CHARACTER * 15 / 13)) + 2 * _MARGIN
    height = layout.height + 2 * _MARGIN + _TITLE
    shift = (width - layout.width) / 2

    def placed(point: Point) -> Point:
        return point[0] + shift, point[1] + _MARGIN + _TITLE

    centers = {name: placed(center) for name, center in layout.centers.items()}
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}"'
        f' viewBox="0 0 {width:.0f} {height:.0f}" role="img">',
        f"<title>{escape(pipeline.name)}</title>",
        _STYLE,
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text class="title" x="{_MARGIN:g}" y="{_MARGIN + 10:g}">{escape(pipeline.name)}</text>',
    ]
    labels: list[str] = []
    bends = {edge: [placed(point) for point in layout.bends[edge.source, edge.target]] for edge in arrows}
    for edge, points in _ports(bends, centers, sizes).items():
        lines.append(_arrow(edge, points))
        labels += _label(edge, points)
    for stage in pipeline.stages:
        lines += _box(stage, centers[stage.id], sizes[stage.id])
    return "\n".join([*lines, *labels, "</svg>", ""])


def _size(stage: Stage) -> Point:
    detail = details(stage)
    text = max(_text_width(stage.id, _NAME_CHARACTER), _text_width(detail, _DETAIL_CHARACTER))
    return max(_LEAST_WIDTH, text + 2 * _PADDING), _TALL_BOX_HEIGHT if detail else _BOX_HEIGHT


def _ports(
    bends: Mapping[Edge, list[Point]], centers: Mapping[str, Point], sizes: Mapping[str, Point]
) -> dict[Edge, list[Point]]:
    """All points of each arrow: where it leaves and enters a box is spread over the box's side, in order."""
    leaving: dict[str, list[Edge]] = {}
    entering: dict[str, list[Edge]] = {}
    for edge in bends:
        leaving.setdefault(edge.source, []).append(edge)
        entering.setdefault(edge.target, []).append(edge)
    starts: dict[Edge, Point] = {}
    ends: dict[Edge, Point] = {}
    for name, group in leaving.items():
        group.sort(key=lambda edge: (*bends[edge], centers[edge.target])[0])
        starts |= _along(group, centers[name], sizes[name], +1)
    for name, group in entering.items():
        group.sort(key=lambda edge: (centers[edge.source], *bends[edge])[-1])
        ends |= _along(group, centers[name], sizes[name], -1)
    return {edge: [starts[edge], *between, ends[edge]] for edge, between in bends.items()}


def _along(group: Sequence[Edge], center: Point, size: Point, side: int) -> dict[Edge, Point]:
    """Points along the lower (`side` 1) or upper (-1) side of a box."""
    (x, y), (width, height) = center, size
    return {
        edge: (x + each, y + side * height / 2) for edge, each in zip(group, _spread(len(group), width), strict=True)
    }


def _spread(count: int, width: float) -> list[float]:
    step = min(22.0, (width - 24) / max(1, count - 1))
    return [(index - (count - 1) / 2) * step for index in range(count)]


def _arrow(edge: Edge, points: Sequence[Point]) -> str:
    path = [f"M{_at(points[0])}"]
    for (x, y), (next_x, next_y) in itertools.pairwise(points):
        half = (next_y - y) / 2
        path.append(f"C{_at((x, y + half))} {_at((next_x, next_y - half))} {_at((next_x, next_y))}")
    css = "edge order" if edge.ordered_only else "edge"
    tip = escape(f"{edge.source} → {edge.target}: {', '.join(edge.carries) or 'order only'}")
    return f'<path class="{css}" d="{" ".join(path)}" marker-end="url(#arrow)"><title>{tip}</title></path>'


def _label(edge: Edge, points: Sequence[Point]) -> list[str]:
    if not edge.carries:
        return []
    # In the middle of the last stretch: there the arrows into different stages have parted.
    (x, y), (end_x, end_y) = points[-2:]
    text = escape(", ".join(edge.carries))
    return [f'<text class="carries" x="{(x + end_x) / 2:.1f}" y="{(y + end_y) / 2 + 3:.1f}">{text}</text>']


def _box(stage: Stage, center: Point, size: Point) -> list[str]:
    (x, y), (width, height) = center, size
    css = "stage command" if isinstance(stage.body, CommandBody) else "stage"
    detail = details(stage)
    name_y = y - 3 if detail else y + 4.5
    lines = [
        f"<g><title>{escape(stage.description or stage.id)}</title>",
        f'<rect class="{css}" x="{x - width / 2:.1f}" y="{y - height / 2:.1f}"'
        f' width="{width:.1f}" height="{height:.1f}" rx="7"/>',
        f'<text class="name" x="{x:.1f}" y="{name_y:.1f}">{escape(stage.id)}</text>',
    ]
    if detail:
        lines.append(f'<text class="detail" x="{x:.1f}" y="{y + 14:.1f}">{escape(detail)}</text>')
    return [*lines, "</g>"]


def _at(point: Point) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"


def _text_width(text: str, character: float) -> float:
    return sum(character * (1.8 if east_asian_width(each) in "WF" else 1.0) for each in text)
