"""Dot, for graphviz."""

from __future__ import annotations

from portable_pipeline.graph.edges import details, edges
from portable_pipeline.ir import CommandBody, Pipeline


def as_dot(pipeline: Pipeline) -> str:
    """A digraph."""
    lines = [
        f"digraph {_quoted(pipeline.name)} {{",
        '    node [shape=box, style=rounded, fontname="Helvetica"];',
        '    edge [fontname="Helvetica", fontsize=10];',
    ]
    for stage in pipeline.stages:
        label = "\n".join(filter(None, (stage.id, details(stage))))
        shape = ", shape=component" if isinstance(stage.body, CommandBody) else ""
        lines.append(f"    {_quoted(stage.id)} [label={_quoted(label)}{shape}];")
    for edge in edges(pipeline):
        drawn = " [style=dashed]" if edge.ordered_only else f" [label={_quoted(', '.join(edge.carries))}]"
        lines.append(f"    {_quoted(edge.source)} -> {_quoted(edge.target)}{drawn};")
    return "\n".join([*lines, "}", ""])


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
