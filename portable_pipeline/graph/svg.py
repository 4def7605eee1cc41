"""SVG: boxes for stages, diamonds for decisions, frames for loops and groups; dashed is what may not be gone along."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width
from xml.sax.saxutils import escape, quoteattr

from portable_pipeline.graph.clusters import Cluster, clusters
from portable_pipeline.graph.edges import FAILURE, Edge, decisions, details, edges
from portable_pipeline.graph.nesting import Point, arrange
from portable_pipeline.graph.words import hook_words, predicate_lines, predicate_words
from portable_pipeline.ir import CommandBody, Pipeline, Stage

_MARGIN, _PADDING, _TITLE = 24.0, 14.0, 34.0
_BOX_HEIGHT, _DIAMOND_HEIGHT, _LEAST_WIDTH = 36.0, 52.0, 96.0
#: What each further line of a box, and of a diamond, adds to its height; and the lines themselves.
_MORE_BOX, _MORE_DIAMOND, _LINE = 13.0, 26.0, 14.0
#: A label needs this much of an arrow.
_LABEL_STRETCH = 34.0
#: Side of the icon of a mark.
_ICON = 16.0
#: Mean width of a character, in pixels, for the two sizes of text.
_NAME_CHARACTER, _DETAIL_CHARACTER = 7.6, 6.2

_STYLE = """\
<style>
  text { font-family: "Helvetica Neue", Helvetica, Arial, "DejaVu Sans", sans-serif; fill: #1f2933; }
  .title { font-size: 15px; font-weight: 600; }
  .hooks { font-size: 11px; fill: #616e7c; }
  .name { font-size: 13px; font-weight: 600; text-anchor: middle; }
  .detail { font-size: 11px; fill: #616e7c; text-anchor: middle; }
  .carries { font-size: 10px; fill: #3e4c59; text-anchor: middle; stroke: #ffffff; stroke-width: 4px;
    paint-order: stroke; }
  .stage { fill: #f0f4f8; stroke: #486581; stroke-width: 1.2; }
  .command { fill: #fff8e6; stroke: #8d6b1f; }
  .edge { fill: none; stroke: #627d98; stroke-width: 1.4; }
  .order { stroke-dasharray: 5 4; }
  .fallback { stroke: #ba2525; stroke-dasharray: 5 4; }
  .stand-in { stroke: #ba2525; stroke-dasharray: 5 4; }
  .decision { fill: #e3f8ff; stroke: #2b7a9b; stroke-width: 1.2; }
  .question { font-size: 11px; text-anchor: middle; }
  .frame { fill: #000000; fill-opacity: 0.02; stroke: #9fb3c8; stroke-width: 1.2; }
  .loop { stroke-dasharray: 2 3; stroke: #486581; }
  .frame-title { font-size: 11px; font-weight: 600; fill: #486581; stroke: #ffffff; stroke-width: 4px;
    paint-order: stroke; }
</style>
"""
_DEFINITIONS = """\
<defs>
  <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
    <path class="arrow" d="M0 0 L8 4 L0 8 Z" fill="#627d98"/>
  </marker>
</defs>"""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a page adds to a box or a decision.

    Args:
        words: A further line in it, if not empty.
        css: Classes of what is drawn.
        href: Where a link around it leads; none if empty.
        icon: Id of a symbol of the page, drawn in its corner; none if empty.
    """

    words: str = ""
    css: str = ""
    href: str = ""
    icon: str = ""


_PLAIN = Mark()


def as_svg(pipeline: Pipeline) -> str:
    """A drawing of its own, which needs nothing beside it. The same pipeline gives the same text."""
    hooks = hook_words(pipeline)
    title_width = max(_text_width(pipeline.name, _NAME_CHARACTER * 15 / 13), _text_width(hooks, _DETAIL_CHARACTER))
    drawn = _draw(pipeline, {}, head=_TITLE, least_width=title_width)
    width, height = drawn.size
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}"'
        f' viewBox="0 0 {width:.0f} {height:.0f}" role="img">',
        f"<title>{escape(pipeline.name)}</title>",
        _STYLE + _DEFINITIONS,
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text class="title" x="{_MARGIN:g}" y="{_MARGIN + 10:g}">{escape(pipeline.name)}</text>',
        *([f'<text class="hooks" x="{_MARGIN:g}" y="{_MARGIN + 27:g}">{escape(hooks)}</text>'] if hooks else []),
        *drawn.lines,
    ]
    return "\n".join([*lines, "</svg>", ""])


def as_part(pipeline: Pipeline, marks: Mapping[str, Mark], label: str) -> str:
    """A drawing for an HTML page, which brings the style; what is drawn has the same classes as in `as_svg`.

    Args:
        marks: Of stages and decisions, by id.
        label: What the drawing is, for those who do not see it.
    """
    drawn = _draw(pipeline, marks, head=0.0, least_width=0.0)
    width, height = drawn.size
    lines = [
        f'<svg class="graph" width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
        f' role="group" aria-label={quoteattr(label)}>',
        _DEFINITIONS,
        *drawn.lines,
    ]
    return "\n".join([*lines, "</svg>", ""])


@dataclass(frozen=True, slots=True)
class _Drawn:
    lines: tuple[str, ...]
    size: Point


def _draw(pipeline: Pipeline, marks: Mapping[str, Mark], *, head: float, least_width: float) -> _Drawn:
    """Everything but what is around.

    Args:
        head: Room above.
    """
    questions = {branch.id: predicate_lines(branch.predicate) for branch in decisions(pipeline)}
    questions = {name: (*lines, *_further(marks.get(name))) for name, lines in questions.items()}
    further = {stage.id: (*details(stage), *_further(marks.get(stage.id))) for stage in pipeline.stages}
    sizes = {stage.id: _size(stage, further[stage.id]) for stage in pipeline.stages}
    sizes |= {name: _diamond_size(lines) for name, lines in questions.items()}
    frame = clusters(pipeline)
    titles = _titles(frame)
    widths = {name: _text_width(title, _DETAIL_CHARACTER) for name, (title, _) in titles.items()}
    drawn = arrange(frame, sizes, edges(pipeline), widths=widths, pointed=questions.keys())
    width = max(drawn.width, least_width) + 2 * _MARGIN
    height = drawn.height + 2 * _MARGIN + head
    shift = (width - drawn.width) / 2

    def placed(point: Point) -> Point:
        return point[0] + shift, point[1] + _MARGIN + head

    lines: list[str] = []
    labels: list[str] = []
    for name, (x, y, frame_width, frame_height) in drawn.frames.items():
        title, repeats = titles[name]
        lines.append(_frame(repeats, placed((x, y)), (frame_width, frame_height)))
        labels.append(_frame_title(title, placed((x, y))))
    for edge, points in drawn.whole.items():
        at = [placed(point) for point in points]
        lines.append(_arrow(edge, at))
        labels += _label(edge, at)
    for stage in pipeline.stages:
        box = _box(stage, further[stage.id], placed(drawn.centers[stage.id]), sizes[stage.id], marks.get(stage.id))
        lines += box
    for branch in decisions(pipeline):
        whole = predicate_words(branch.predicate)
        lines += _diamond(questions[branch.id], whole, placed(drawn.centers[branch.id]), sizes[branch.id])
    return _Drawn((*lines, *labels), (width, height))


def _further(mark: Mark | None) -> tuple[str, ...]:
    return (mark.words,) if mark is not None and mark.words else ()


def _titles(frame: Cluster) -> dict[str, tuple[str, bool]]:
    """The title of each frame inside, and whether it is a loop."""
    found = {each.id: (each.title, each.repeats) for each in frame.inner}
    for each in frame.inner:
        found |= _titles(each)
    return found


def _frame(repeats: bool, corner: Point, size: Point) -> str:
    css = "frame loop" if repeats else "frame"
    at, extent = f'x="{corner[0]:.1f}" y="{corner[1]:.1f}"', f'width="{size[0]:.1f}" height="{size[1]:.1f}"'
    return f'<rect class="{css}" {at} {extent} rx="9"/>'


def _frame_title(text: str, corner: Point) -> str:
    return f'<text class="frame-title" x="{corner[0] + 12:.1f}" y="{corner[1] + 16:.1f}">{escape(text)}</text>'


def _diamond_size(lines: Sequence[str]) -> Point:
    """The first and the last line fit in, where the diamond is narrower than in its middle."""
    height = _DIAMOND_HEIGHT + (len(lines) - 1) * _MORE_DIAMOND
    longest = max(_text_width(text, _DETAIL_CHARACTER) for text in lines)
    return max(_LEAST_WIDTH, longest / (1 - len(lines) * _LINE / height) + _PADDING), height


def _diamond(lines: Sequence[str], whole: str, center: Point, size: Point) -> list[str]:
    (x, y), (width, height) = center, (size[0] / 2, size[1] / 2)
    corners = f"{x - width:.1f},{y:.1f} {x:.1f},{y - height:.1f} {x + width:.1f},{y:.1f} {x:.1f},{y + height:.1f}"
    return [
        f'<polygon class="decision" points="{corners}"><title>{escape(whole)}</title></polygon>',
        *(
            f'<text class="question" x="{x:.1f}" y="{y + 4 + (index - (len(lines) - 1) / 2) * _LINE:.1f}">'
            f"{escape(text)}</text>"
            for index, text in enumerate(lines)
        ),
    ]


def _size(stage: Stage, further: Sequence[str]) -> Point:
    text = max(
        _text_width(stage.id, _NAME_CHARACTER), *(_text_width(each, _DETAIL_CHARACTER) for each in ("", *further))
    )
    return max(_LEAST_WIDTH, text + 2 * _PADDING), _BOX_HEIGHT + len(further) * _MORE_BOX


def _arrow(edge: Edge, points: Sequence[Point]) -> str:
    path = [f"M{_at(points[0])}"]
    for (x, y), (next_x, next_y) in itertools.pairwise(points):
        half = (next_y - y) / 2
        path.append(f"C{_at((x, y + half))} {_at((next_x, next_y - half))} {_at((next_x, next_y))}")
    css = "edge order" if edge.ordered_only else "edge fallback" if edge.fallback else "edge"
    tip = escape(f"{edge.source} → {edge.target}: {', '.join(edge.carries) or 'order only'}")
    return f'<path class="{css}" d="{" ".join(path)}" marker-end="url(#arrow)"><title>{tip}</title></path>'


def _label(edge: Edge, points: Sequence[Point]) -> list[str]:
    # What a stand-in hands on is what stands at its primary's arrow.
    if not edge.carries or (edge.fallback and edge.carries != (FAILURE,)):
        return []
    # In the middle of the last stretch that is long enough: there the arrows into different stages have parted.
    stretches = list(itertools.pairwise(points))
    long = [each for each in stretches if each[1][1] - each[0][1] >= _LABEL_STRETCH]
    (x, y), (end_x, end_y) = (long or stretches)[-1]
    text = escape(", ".join(edge.carries))
    return [f'<text class="carries" x="{(x + end_x) / 2:.1f}" y="{(y + end_y) / 2 + 3:.1f}">{text}</text>']


def _box(stage: Stage, further: Sequence[str], center: Point, size: Point, mark: Mark | None) -> list[str]:
    (x, y), (width, height) = center, size
    mark = mark or _PLAIN
    css = "stage command" if isinstance(stage.body, CommandBody) else "stage"
    css += " stand-in" if stage.stands_in_for is not None else ""
    css += f" {mark.css}" if mark.css else ""
    name_y = y + 4.5 - len(further) * _MORE_BOX / 2
    lines = [
        f"<g><title>{escape(stage.description or stage.id)}</title>",
        f'<rect class="{css}" x="{x - width / 2:.1f}" y="{y - height / 2:.1f}"'
        f' width="{width:.1f}" height="{height:.1f}" rx="7"/>',
        f'<text class="name" x="{x:.1f}" y="{name_y:.1f}">{escape(stage.id)}</text>',
    ]
    for index, text in enumerate(further):
        detail_y = name_y + 16 + index * _MORE_BOX
        lines.append(f'<text class="detail" x="{x:.1f}" y="{detail_y:.1f}">{escape(text)}</text>')
    if mark.icon:
        corner = f'x="{x - width / 2 - _ICON / 2:.1f}" y="{y - height / 2 - _ICON / 2:.1f}"'
        lines.append(
            f'<use href="#{mark.icon}" class="mark {mark.css}" {corner} width="{_ICON:g}" height="{_ICON:g}"/>'
        )
    lines.append("</g>")
    if mark.href:
        label = ", ".join((stage.id, *further))
        lines = [f"<a href={quoteattr(mark.href)} aria-label={quoteattr(label)}>", *lines, "</a>"]
    return lines


def _at(point: Point) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"


def _text_width(text: str, character: float) -> float:
    return sum(character * (1.8 if east_asian_width(each) in "WF" else 1.0) for each in text)
