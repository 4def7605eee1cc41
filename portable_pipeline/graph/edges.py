"""The nodes and edges of a drawing: stages and decisions, what flows between them, and what makes which run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portable_pipeline.graph.words import name_of
from portable_pipeline.ir import (
    ArtifactRef,
    Block,
    Branch,
    Collected,
    FirstOf,
    ItemRef,
    Loop,
    Pipeline,
    ResultRef,
    Stage,
    Value,
)
from portable_pipeline.ir.control import around, values_of
from portable_pipeline.ir.graph import order_only

#: What an arrow to a stand-in says.
FAILURE = "if it fails"


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow between two nodes.

    Args:
        source: Id of a stage, or of the branch that a decision is about.
        carries: Names of the values and artifacts that flow along it, or the answer that it stands for; none for an
            order-only edge.
        fallback: Whether it is gone along only when a stage has failed.
    """

    source: str
    target: str
    carries: tuple[str, ...] = ()
    fallback: bool = False

    @property
    def ordered_only(self) -> bool:
        """Whether only `.after` made it."""
        return not self.carries

    @property
    def dashed(self) -> bool:
        """Whether nothing flows along it in a run where all goes well."""
        return self.ordered_only or self.fallback


def decisions(pipeline: Pipeline) -> tuple[Branch, ...]:
    """The branches that are drawn as a decision: an `otherwise` shares that of its `when`."""
    return tuple(block for block in pipeline.blocks if isinstance(block, Branch) and block.otherwise_of is None)


def edges(pipeline: Pipeline) -> tuple[Edge, ...]:
    """All edges, by consumer in the pipeline's order; several values between two stages share one."""
    found = [*_flow(pipeline), *_deciding(pipeline)]
    found += _answers(pipeline, found)
    return (*found, *_fallbacks(pipeline, found))


def details(stage: Stage) -> tuple[str, ...]:
    """What a reader wants to know of a stage beside its name, in lines: retries and timeout, whom its failure tells."""
    parts = []
    if stage.retry.retries:
        parts.append(f"{stage.retry.retries} {'retry' if stage.retry.retries == 1 else 'retries'}")
    if stage.timeout is not None:
        parts.append(f"≤ {duration(stage.timeout.total_seconds())}")
    told = () if stage.on_failure is None else (f"on failure: {stage.on_failure.body.function}",)
    return (", ".join(parts), *told) if parts else told


def duration(seconds: float) -> str:
    """A duration as people write it: `90 s`, `5 min`, `2 h`.

    >>> duration(90), duration(300), duration(7200), duration(5400)
    ('90 s', '5 min', '2 h', '90 min')
    """
    for unit, name in ((3600, "h"), (60, "min")):
        if seconds and seconds % unit == 0:
            return f"{seconds / unit:g} {name}"
    return f"{seconds:g} s"


def _flow(pipeline: Pipeline) -> Iterator[Edge]:
    loops = {block.id: block for block in pipeline.blocks if isinstance(block, Loop)}
    for stage in pipeline.stages:
        carried: dict[str, dict[str, None]] = {}
        for given in stage.inputs:
            for source, name in _carried(given.value, loops):
                carried.setdefault(source, {})[name] = None
        for source, names in carried.items():
            yield Edge(source, stage.id, tuple(names))
        for source in order_only(stage):
            if source not in carried:
                yield Edge(source, stage.id)


def _carried(value: Value, loops: Mapping[str, Loop]) -> Iterator[tuple[str, str]]:
    """From where a value comes, and what it is: of a list `each`, of a collected one `all`, of a join `either`."""
    match value:
        case ResultRef() | ArtifactRef():
            yield value.stage, name_of(value)
        case Collected():
            for source, name in _carried(value.of, loops):
                yield source, name if name.startswith("all ") else f"all {'results' if name == 'result' else name}"
        case FirstOf():
            for option in value.options:
                yield option.stage, f"either {name_of(option)}"
        case ItemRef() if value.loop in loops:
            items = (each for each in loops[value.loop].items if each.name == value.name)
            for each in items:
                for source, name in _carried(each.value, {}):
                    yield source, "each item" if name == "result" else f"each of {name}"


def _deciding(pipeline: Pipeline) -> Iterator[Edge]:
    """What decisions are made by."""
    loops = {block.id: block for block in pipeline.blocks if isinstance(block, Loop)}
    for branch in decisions(pipeline):
        carried: dict[str, dict[str, None]] = {}
        for value in values_of(branch):
            for source, name in _carried(value, loops):
                carried.setdefault(source, {})[name] = None
        for source, names in carried.items():
            yield Edge(source, branch.id, tuple(names))


def _answers(pipeline: Pipeline, known: list[Edge]) -> Iterator[Edge]:
    """From each decision to what begins when it is made."""
    blocks: dict[str, Block] = {block.id: block for block in pipeline.blocks}
    homes = {stage.id: stage.block for stage in pipeline.stages} | {
        branch.id: branch.parent for branch in decisions(pipeline)
    }
    chains = {name: _branches(blocks, home) for name, home in homes.items()}
    sources: dict[str, set[str]] = defaultdict(set)
    for edge in known:
        sources[edge.target].add(edge.source)
    for name, chain in chains.items():
        if chain:
            innermost = chain[-1]
            inside = any(innermost.id in {each.id for each in chains.get(source, ())} for source in sources[name])
            if not inside:
                yes = innermost.otherwise_of is None
                yield Edge(innermost.otherwise_of or innermost.id, name, ("yes" if yes else "no",))


def _branches(blocks: Mapping[str, Block], home: str | None) -> list[Branch]:
    return [block for block in around(blocks, home) if isinstance(block, Branch)]


def _fallbacks(pipeline: Pipeline, known: list[Edge]) -> Iterator[Edge]:
    """To each stand-in, and from it to where its primary's edges lead."""
    for stage in pipeline.stages:
        if stage.fallback is not None:
            yield Edge(stage.id, stage.fallback, (FAILURE,), fallback=True)
            for edge in known:
                if edge.source == stage.id and edge.target != stage.fallback:
                    yield Edge(stage.fallback, edge.target, edge.carries, fallback=True)
