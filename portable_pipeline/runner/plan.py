"""What of a pipeline decides the order of things; the same for all states of a run.

Everything that is waited for is a node. Stages are nodes, and so is what stands between them:

| node     | waits for                                         | then                                               |
|----------|---------------------------------------------------|----------------------------------------------------|
| `stage`  | its upstream, and what the block around it allows | runs                                               |
| `branch` | what its predicate compares                       | holds (`success`) or not (`skipped`)               |
| `loop`   | its lists                                         | opens: the nodes of its scope are there once an item |
| `item`   | its turn (M5)                                     | allows the stages of its item to run               |
| `join`   | all options of a `first_of`                       | is what the options are, taken together (C4)       |
| `saved`  | a primary and its stand-in                        | is whichever succeeded (F3)                        |
| `gather` | a node of a loop's scope, for all items           | is what these are, taken together (M2, M4)         |
| `needs`  | what that node needs of outside the loop          | fails the gather, or says nothing (F1.loop)        |

A scope is the body of a loop, or the whole pipeline. Edges go from a node to nodes of its own scope or of inner ones;
only a `gather` leads out of a scope, into the one around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["stage", "branch", "loop", "item", "join", "saved", "gather", "needs"]


@dataclass(frozen=True, slots=True)
class Node:
    """Something that is waited for.

    Args:
        name: Id of the stage or the block; empty for what has no name.
        scope: The scope that it is in.
        place: Its place among the nodes of that scope.
        upstream: Nodes that it waits for, of its scope or one around it.
        primary: For a stand-in: the stage that must have failed for good.
        consumers: Nodes that wait for it, of its scope or inner ones.
        stand_in: Of a primary.
        gather: The node of the scope around that gathers this one over all items.
        retries: Of a stage.
        limit: How many items of a loop run at once.
        inner: The scope that a loop opens.
    """

    kind: Kind
    name: str
    scope: int
    place: int
    upstream: tuple[int, ...]
    consumers: tuple[int, ...]
    primary: int | None = None
    stand_in: int | None = None
    gather: int | None = None
    retries: int = 0
    limit: int | None = None
    inner: int | None = None

    @property
    def counts(self) -> bool:
        """Whether its scope has not ended before it has; all else follows from these."""
        return self.kind in ("stage", "branch", "loop")


@dataclass(frozen=True, slots=True)
class Scope:
    """What is there once an item, or once a run.

    Args:
        nodes: In order; in a loop the first is its `item`.
        path: The `loop` nodes that lead to it, the outermost first.
        counting: How many of its nodes must end before it has ended.
    """

    nodes: tuple[int, ...]
    path: tuple[int, ...]
    counting: int


@dataclass(frozen=True, slots=True)
class Plan:
    """All nodes and scopes; the first scope is the pipeline.

    Args:
        stages: Nodes by id, in the order of the pipeline.
        blocks: Nodes of branches and loops by id.
        hooked: Ids of the stages with a failure hook of their own.
    """

    nodes: tuple[Node, ...]
    scopes: tuple[Scope, ...]
    stages: Mapping[str, int]
    blocks: Mapping[str, int]
    hooked: frozenset[str]
    on_failure: bool
    on_exit: bool

    def route(self, outer: int, inner: int) -> tuple[int, ...]:
        """The `loop` nodes on the way from a scope to one inside of it."""
        return self.scopes[inner].path[len(self.scopes[outer].path) :]
