"""Dot, for graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portable_pipeline.graph.clusters import Cluster, clusters
from portable_pipeline.graph.edges import Edge, decisions, details, edges
from portable_pipeline.graph.words import hook_words, predicate_lines
from portable_pipeline.ir import CommandBody, Pipeline, Stage


def as_dot(pipeline: Pipeline) -> str:
    """A digraph."""
    drawn = {stage.id: _box(stage) for stage in pipeline.stages}
    for branch in decisions(pipeline):
        question = "\n".join(predicate_lines(branch.predicate))
        drawn[branch.id] = f"[label={_quoted(question)}, shape=diamond, style=solid]"
    title = "\n".join(filter(None, (pipeline.name, hook_words(pipeline))))
    lines = [
        f"digraph {_quoted(pipeline.name)} {{",
        f'    label={_quoted(title)}; labelloc=t; fontname="Helvetica";',
        '    node [shape=box, style=rounded, fontname="Helvetica"];',
        '    edge [fontname="Helvetica", fontsize=10];',
        *_nodes(clusters(pipeline), drawn, "    "),
    ]
    lines += [f"    {_quoted(edge.source)} -> {_quoted(edge.target)}{_style(edge)};" for edge in edges(pipeline)]
    return "\n".join([*lines, "}", ""])


def _nodes(cluster: Cluster, drawn: Mapping[str, str], indent: str) -> Iterator[str]:
    yield from (f"{indent}{_quoted(name)} {drawn[name]};" for name in cluster.nodes)
    for inner in cluster.inner:
        yield f"{indent}subgraph {_quoted(f'cluster_{inner.id}')} {{"
        yield f'{indent}    label={_quoted(inner.title)}; fontname="Helvetica"; style=rounded;'
        yield from _nodes(inner, drawn, f"{indent}    ")
        yield f"{indent}}}"


def _box(stage: Stage) -> str:
    label = "\n".join((stage.id, *details(stage)))
    shape = ", shape=component" if isinstance(stage.body, CommandBody) else ""
    style = ', style="rounded,dashed"' if stage.stands_in_for is not None else ""
    return f"[label={_quoted(label)}{shape}{style}]"


def _style(edge: Edge) -> str:
    label = [f"label={_quoted(', '.join(edge.carries))}"] if edge.carries else []
    parts = [*label, *(["style=dashed"] if edge.dashed else [])]
    return f" [{', '.join(parts)}]"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
