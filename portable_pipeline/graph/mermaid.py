"""Mermaid, which GitHub and many wikis draw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from portable_pipeline.graph.clusters import Cluster, clusters
from portable_pipeline.graph.edges import Edge, decisions, details, edges
from portable_pipeline.graph.words import hook_words, predicate_lines
from portable_pipeline.ir import CommandBody, Pipeline, Stage


def as_mermaid(pipeline: Pipeline) -> str:
    """A flowchart. Nodes are numbered: a stage's id may be a word that mermaid keeps for itself (`end`, `graph`)."""
    number = {stage.id: f"s{index}" for index, stage in enumerate(pipeline.stages, 1)}
    drawn = {stage.id: f"{number[stage.id]}{_box(stage)}" for stage in pipeline.stages}
    for index, branch in enumerate(decisions(pipeline), 1):
        number[branch.id] = f"d{index}"
        drawn[branch.id] = f'd{index}{{"{_lines(predicate_lines(branch.predicate))}"}}'
    hooks = [f'    hooks(["{_escaped(hook_words(pipeline))}"])'] if hook_words(pipeline) else []
    nodes = [*_nodes(clusters(pipeline), drawn, "    "), *hooks]
    lines = ["---", f"title: {pipeline.name}", "---", "flowchart TD", *nodes]
    lines += [f"    {number[edge.source]} {_arrow(edge)} {number[edge.target]}" for edge in edges(pipeline)]
    return "\n".join(lines) + "\n"


def _nodes(cluster: Cluster, drawn: Mapping[str, str], indent: str) -> Iterator[str]:
    yield from (f"{indent}{drawn[name]}" for name in cluster.nodes)
    for inner in cluster.inner:
        yield f'{indent}subgraph block_{inner.id} ["{_escaped(inner.title)}"]'
        yield from _nodes(inner, drawn, f"{indent}    ")
        yield f"{indent}end"


def _box(stage: Stage) -> str:
    text = _lines((stage.id, *details(stage)))
    left, right = ("[[", "]]") if isinstance(stage.body, CommandBody) else ("[", "]")
    return f'{left}"{text}"{right}'


def _lines(texts: Iterable[str]) -> str:
    return "<br/>".join(map(_escaped, texts))


def _arrow(edge: Edge) -> str:
    label = f'|"{_escaped(", ".join(edge.carries))}"|' if edge.carries else ""
    return f"{'-.->' if edge.dashed else '-->'}{label}"


def _escaped(text: str) -> str:
    # Mermaid reads #NNN; as the character of that number.
    return "".join(f"#{ord(each)};" if each in '"#<>&' else each for each in text)
