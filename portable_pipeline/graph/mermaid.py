"""Mermaid, which GitHub and many wikis draw."""

from __future__ import annotations

from portable_pipeline.graph.edges import details, edges
from portable_pipeline.ir import CommandBody, Pipeline


def as_mermaid(pipeline: Pipeline) -> str:
    """A flowchart. Nodes are numbered: a stage's id may be a word that mermaid keeps for itself (`end`, `graph`)."""
    number = {stage.id: f"s{index}" for index, stage in enumerate(pipeline.stages, 1)}
    lines = ["---", f"title: {pipeline.name}", "---", "flowchart TD"]
    for stage in pipeline.stages:
        text = "<br/>".join(filter(None, (_escaped(stage.id), _escaped(details(stage)))))
        left, right = ("[[", "]]") if isinstance(stage.body, CommandBody) else ("[", "]")
        lines.append(f'    {number[stage.id]}{left}"{text}"{right}')
    for edge in edges(pipeline):
        source, target = number[edge.source], number[edge.target]
        label = f'|"{_escaped(", ".join(edge.carries))}"|' if edge.carries else ""
        lines.append(f"    {source} {'-.->' if edge.ordered_only else '-->'}{label} {target}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    # Mermaid reads #NNN; as the character of that number.
    return "".join(f"#{ord(each)};" if each in '"#<>&' else each for each in text)
