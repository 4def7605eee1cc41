"""Stages that a loop of KFP's ties to others which they do not need.

A `dsl.ParallelFor` starts when all is there that any of its stages needs, and gives something when all of its stages
have ended well. On the other targets each stage minds its own upstream; in a run that has failed anyhow more stages
may therefore have run there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ppc_kfp.nodes import Node, Repeated, sides, sources
from ppc_kfp.paths import Path, Paths


@dataclass(frozen=True, slots=True)
class Tie:
    """What a loop ties together.

    Args:
        loop: Its id.
        stage: Id of a stage that does not run when the other has failed.
        other: Id of that, which the stage does not need.
    """

    loop: str
    stage: str
    other: str


def ties(paths: Paths, nodes: tuple[Node, ...]) -> tuple[Tie, ...]:
    """For each loop the first, if there is one."""
    found: dict[str, Tie] = {}
    for loop in _loops(nodes):
        members = frozenset(_stages(loop.body))
        for tie in (*_into(paths, loop, members), *_out_of(paths, loop, members)):
            found.setdefault(tie.loop, tie)
    return tuple(found.values())


def _into(paths: Paths, loop: Repeated, members: frozenset[str]) -> Iterator[Tie]:
    """Stages of the loop that wait for what only others of it need."""
    inside: Path = (*paths.location(loop.loop), loop.loop)
    outside = {source for each in members for source in paths.ancestors(each, everything=True)} - members
    outside -= paths.certain(inside)
    direct = {source for each in members for want in paths.wants(paths.stages[each]) for source in sources(want)}
    for stage in paths.stages:
        if stage in members:
            needed = paths.ancestors(stage, everything=True)
            yield from (
                Tie(loop.loop, stage, each) for each in paths.stages if each in outside & direct and each not in needed
            )


def _out_of(paths: Paths, loop: Repeated, members: frozenset[str]) -> Iterator[Tie]:
    """Stages that take something of the loop, or stand in a block that does, and wait for all of the loop."""
    for taker, path, value in paths.takers():
        if loop.loop not in path and members.intersection(sources(value)):
            inside = (each for each in paths.stages if taker in (each, *paths.path(each)))
            for stage in inside:
                left = members - paths.ancestors(stage, everything=True)
                yield from (Tie(loop.loop, stage, each) for each in paths.stages if each in left)


def _loops(nodes: tuple[Node, ...]) -> Iterator[Repeated]:
    for node in nodes:
        if isinstance(node, Repeated):
            yield node
        if not isinstance(node, str):
            for _, inner in sides(node):
                yield from _loops(inner)


def _stages(nodes: tuple[Node, ...]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        else:
            for _, inner in sides(node):
                yield from _stages(inner)
