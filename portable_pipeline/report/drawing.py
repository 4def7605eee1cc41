"""The graph of a page: boxes lead to the sections of their stages, and show the state of a run."""

from __future__ import annotations

from collections.abc import Mapping

from portable_pipeline.graph.edges import decisions
from portable_pipeline.graph.svg import Mark, as_part
from portable_pipeline.ir import Pipeline
from portable_pipeline.report.folding import MOST_BOXES, Group, Shown
from portable_pipeline.report.model import Drawing
from portable_pipeline.report.reasons import Reasons
from portable_pipeline.report.timeline import anchor
from portable_pipeline.report.wording import count


def run_drawing(pipeline: Pipeline, shown: Shown, reasons: Reasons) -> Drawing:
    """The graph with the states of a run."""
    marks = {group.stage.id: _mark(group) for group in shown.groups}
    for branch in decisions(pipeline):
        answer = reasons.decision(branch)
        if answer:
            marks[branch.id] = Mark(f"→ {answer}")
    return _drawing(pipeline, marks)


def pipeline_drawing(pipeline: Pipeline) -> Drawing:
    """The graph."""
    return _drawing(pipeline, {stage.id: Mark(href=f"#{anchor(stage.id)}") for stage in pipeline.stages})


def _drawing(pipeline: Pipeline, marks: Mapping[str, Mark]) -> Drawing:
    boxes = len(pipeline.stages) + len(decisions(pipeline))
    if not boxes:
        return Drawing("", "The pipeline has no stages.")
    if boxes > MOST_BOXES:
        return Drawing(
            "",
            f"{count(len(pipeline.stages), 'stage')} are too many for a drawing that one could read here. "
            "`ppc graph FILE --format svg` draws them all.",
        )
    return Drawing(as_part(pipeline, marks, f"the graph of {pipeline.name}"), "")


def _mark(group: Group) -> Mark:
    words = group.look.words
    if group.looped:
        total = sum(number for _, number in group.counts)
        own = sum(number for look, number in group.counts if look == group.look)
        words = f"{own:,} of {total:,} {words}" if total else "no items"
    elif group.items and group.items[0].record.cached is not None:
        words = f"{words}, cached"
    elif group.items and group.items[0].record.attempts > 1:
        words = f"{words}, {group.items[0].record.attempts} attempts"
    return Mark(words, f"s-{group.look.name}", f"#{anchor(group.stage.id)}", f"i-{group.look.name}")
