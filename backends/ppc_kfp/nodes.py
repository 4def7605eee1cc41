"""Stages in KFP's nested groups, as a tree, and what passes from group to group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from portable_pipeline.diagnostics import Span
from portable_pipeline.ir import ArtifactRef, Collected, FirstOf, ResultRef


class Unplaceable(Exception):
    """The pipeline has no form in KFP's groups.

    Args:
        subject: Id of the stage or block that cannot be placed.
        reason: What KFP lacks for it.
        instead: What the user can write.
    """

    def __init__(self, span: Span | None, subject: str, reason: str, instead: str) -> None:
        super().__init__(reason)
        self.span, self.subject, self.reason, self.instead = span, subject, reason, instead


@dataclass(frozen=True, slots=True)
class Ended:
    """That a stage has ended, for what waits for it without data."""

    stage: str


@dataclass(frozen=True, slots=True)
class AllEnded:
    """That it has for all items of a loop, seen from outside of the loop."""

    loop: str
    of: Ended | AllEnded


#: What a stage or a block needs of stages.
Wanted = ResultRef | ArtifactRef | Collected | FirstOf | Ended | AllEnded


@dataclass(frozen=True, slots=True)
class Given:
    """A condition on whether what a stage or a block needs is there, or was skipped.

    Args:
        subject: Id of the stage, or of the block, which stands in the condition with all that needs it.
        wants: What is asked for.
    """

    subject: str
    wants: tuple[Wanted, ...]

    @property
    def id(self) -> str:
        """As for a block; no block's id has a space in it."""
        return f"{self.subject} given"


@dataclass(frozen=True, slots=True)
class Condition:
    """A `dsl.If` with its `dsl.Else`.

    Args:
        decider: Id of the `when` or of the `Given`.
        held: What runs if that holds.
        otherwise: What runs if it does not.
    """

    decider: str
    held: tuple[Node, ...]
    otherwise: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A `dsl.ParallelFor`."""

    loop: str
    body: tuple[Node, ...]


#: A string is the id of a stage.
Node = str | Condition | Repeated
Side = Literal["held", "otherwise", "body"]
#: A group by where it stands: from the outermost, the position of each node, and the side of it.
Group = tuple[tuple[int, Side], ...]


def sides(node: Condition | Repeated) -> tuple[tuple[Side, tuple[Node, ...]], ...]:
    """The groups that a node makes."""
    if isinstance(node, Repeated):
        return (("body", node.body),)
    return ("held", node.held), ("otherwise", node.otherwise)


def innermost(value: Collected | AllEnded) -> ResultRef | ArtifactRef | Ended:
    """What is collected of a single stage."""
    found = value.of
    while isinstance(found, Collected | AllEnded):
        found = found.of
    return found


def sources(value: Wanted) -> tuple[str, ...]:
    """Ids of the stages that it comes from."""
    match value:
        case FirstOf():
            return tuple(each.stage for each in value.options)
        case Collected() | AllEnded():
            return (innermost(value).stage,)
    return (value.stage,)
