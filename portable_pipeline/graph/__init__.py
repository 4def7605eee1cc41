"""A pipeline as a drawing: mermaid and dot as text, svg drawn by ourselves."""

from __future__ import annotations

from collections.abc import Callable

from portable_pipeline.ir import Pipeline

#: Names for `ppc graph --format`.
FORMATS = ("mermaid", "dot", "svg")

__all__ = ["FORMATS", "draw"]


def draw(pipeline: Pipeline, drawing: str) -> str:
    """The pipeline's graph as text in one of `FORMATS`.

    Args:
        pipeline: Valid, so without cycles.

    Raises:
        KeyError: If there is no such format.
    """
    from portable_pipeline.graph.dot import as_dot
    from portable_pipeline.graph.mermaid import as_mermaid
    from portable_pipeline.graph.svg import as_svg

    by_name: dict[str, Callable[[Pipeline], str]] = {"mermaid": as_mermaid, "dot": as_dot, "svg": as_svg}
    return by_name[drawing](pipeline)
