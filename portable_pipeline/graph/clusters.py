"""The frames of a drawing: loops and groups, with what is inside."""

from __future__ import annotations

from dataclasses import dataclass

from portable_pipeline.graph.edges import decisions
from portable_pipeline.graph.words import loop_words
from portable_pipeline.ir import Branch, Loop, Pipeline
from portable_pipeline.ir.control import around


@dataclass(frozen=True, slots=True)
class Cluster:
    """A frame.

    Args:
        id: Of the loop or group; empty for the whole drawing.
        title: What stands at its top.
        nodes: Ids of the stages and decisions that are directly inside.
        inner: The frames that are directly inside.
        repeats: Whether what is inside runs once for each item.
    """

    id: str
    title: str
    nodes: tuple[str, ...]
    inner: tuple[Cluster, ...]
    repeats: bool = False

    @property
    def everything(self) -> tuple[str, ...]:
        """All nodes inside, at any depth."""
        return (*self.nodes, *(name for each in self.inner for name in each.everything))


def clusters(pipeline: Pipeline) -> Cluster:
    """The whole drawing as one frame; branches have none, they show in their decisions."""
    blocks = {block.id: block for block in pipeline.blocks}

    def frame(home: str | None) -> str:
        framed = [block.id for block in around(blocks, home) if not isinstance(block, Branch)]
        return framed[-1] if framed else ""

    nodes: dict[str, list[str]] = {}
    for stage in pipeline.stages:
        nodes.setdefault(frame(stage.block), []).append(stage.id)
    for branch in decisions(pipeline):
        nodes.setdefault(frame(branch.parent), []).append(branch.id)
    inner: dict[str, list[Cluster]] = {}
    for block in reversed(pipeline.blocks):
        if not isinstance(block, Branch):
            is_loop = isinstance(block, Loop)
            title = loop_words(block) if isinstance(block, Loop) else block.name
            made = Cluster(
                block.id, title, tuple(nodes.get(block.id, ())), tuple(inner.get(block.id, ())[::-1]), is_loop
            )
            inner.setdefault(frame(block.parent), []).append(made)
    return Cluster("", pipeline.name, tuple(nodes.get("", ())), tuple(inner.get("", ())[::-1]))
