"""The edges of a drawing: from where to where, what flows, and a line or two about each stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portable_pipeline.ir import ArtifactRef, Pipeline, ResultRef, Stage
from portable_pipeline.ir.graph import order_only


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow between two stages.

    Args:
        carries: Names of the values and artifacts that flow along it; none for an order-only edge.
    """

    source: str
    target: str
    carries: tuple[str, ...] = ()

    @property
    def ordered_only(self) -> bool:
        """Whether only `.after` made it."""
        return not self.carries


def edges(pipeline: Pipeline) -> tuple[Edge, ...]:
    """All edges, by consumer in the pipeline's order; several values between two stages share one."""
    return tuple(each for stage in pipeline.stages for each in _into(stage))


def details(stage: Stage) -> str:
    """What a reader wants to know of a stage beside its name: retries and timeout; may be empty."""
    parts = []
    if stage.retry.retries:
        parts.append(f"{stage.retry.retries} {'retry' if stage.retry.retries == 1 else 'retries'}")
    if stage.timeout is not None:
        parts.append(f"≤ {duration(stage.timeout.total_seconds())}")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """A duration as people write it: `90 s`, `5 min`, `2 h`.

    >>> duration(90), duration(300), duration(7200), duration(5400)
    ('90 s', '5 min', '2 h', '90 min')
    """
    for unit, name in ((3600, "h"), (60, "min")):
        if seconds and seconds % unit == 0:
            return f"{seconds / unit:g} {name}"
    return f"{seconds:g} s"


def _into(stage: Stage) -> Iterator[Edge]:
    carried: dict[str, dict[str, None]] = {}
    for given in stage.inputs:
        value = given.value
        if isinstance(value, ArtifactRef):
            carried.setdefault(value.stage, {})[value.output] = None
        elif isinstance(value, ResultRef):
            carried.setdefault(value.stage, {})[value.field or "result"] = None
    for source, names in carried.items():
        yield Edge(source, stage.id, tuple(names))
    for source in order_only(stage):
        yield Edge(source, stage.id)
