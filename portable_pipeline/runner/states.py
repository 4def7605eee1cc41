"""A run at one moment, as a value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple, Protocol

from portable_pipeline.instances import Path, instance_id, split_id
from portable_pipeline.outcome import StageState
from portable_pipeline.runner.persistent import PersistentTuple
from portable_pipeline.runner.plan import Plan

ENDED: frozenset[StageState] = frozenset({"success", "failed", "skipped", "upstream_failed", "cancelled"})

Ending = Literal["success", "failed", "cancelled"]
Phase = Literal["stages", "on_failure", "on_exit", "over"]


class Opened(NamedTuple):
    """What a loop has become.

    Args:
        first: The scope of its first item; the others follow.
        items: How many; 1, without an index, where the loop does not run.
        left: How many have not ended.
        admitted: How many have begun, in order.
    """

    first: int
    items: int
    left: int
    admitted: int = 0


class NodeStatus(NamedTuple):
    """Where a node is, once for each item.

    Args:
        node: Which one of the plan.
        scope: Which one of the state it is in.
        missing: How many of those that it waits for have not ended.
        good: Whether one of these has succeeded, and so on.
        lost: Whether one of these has failed itself, rather than because of its upstream.
        held: Whether it is a stand-in of which it is not known yet whether it is needed.
        attempts: How many have started.
        told: Whether its hook was called before (X2), in a run that was resumed.
        opened: Of a loop that has been decided.
    """

    node: int
    scope: int
    missing: int
    state: StageState = "queued"
    good: bool = False
    bad: bool = False
    lost: bool = False
    skipped: bool = False
    held: bool = False
    attempts: int = 0
    told: bool = False
    opened: Opened | None = None


class ScopeStatus(NamedTuple):
    """A scope of the plan, for one item.

    Args:
        scope: Which one of the plan.
        loop: The status of the loop that it belongs to; None for the pipeline.
        item: Its index; None where there is none.
        offset: The status of its first node; the others follow.
        left: How many of its nodes that count have not ended.
    """

    scope: int
    loop: int | None
    item: int | None
    offset: int
    left: int


class MachineState(NamedTuple):
    """A run at one moment.

    Args:
        failed: Whether a stage has failed that nothing stood in for, or a block could not be decided.
        degraded: Whether something stood in for a stage that has failed.
        ending: What the run will have been, once it was told to end.
        killing: Whether its attempts were told so, too.
        hooks: How many hooks have not ended.
    """

    plan: Plan
    nodes: PersistentTuple[NodeStatus]
    scopes: PersistentTuple[ScopeStatus]
    failed: bool = False
    degraded: bool = False
    ending: Ending | None = None
    killing: bool = False
    hooks: int = 0
    phase: Phase = "stages"

    @property
    def unfinished(self) -> int:
        """How much has not ended; 0 when all stages have."""
        return self.scopes[0].left

    @property
    def outcome(self) -> Ending:
        """What the run is if nothing else happens."""
        return self.ending or ("failed" if self.failed else "success")

    def status(self, stage: str) -> NodeStatus:
        """Where that stage is; in a loop with its index, `train[0]`."""
        return self.nodes[find(self, stage, self.plan.stages[split_id(stage)[0]])]

    def stages(self) -> Iterator[tuple[str, NodeStatus]]:
        """All stages in the order of the pipeline, those in loops in the order of their items."""
        for stage, node in self.plan.stages.items():
            known = self.plan.nodes[node]
            for scope in within(self, 0, self.plan.route(0, known.scope)):
                number = self.scopes[scope].offset + known.place
                yield instance_id(stage, path(self, scope)), self.nodes[number]


class Tables(Protocol):
    """Where things are looked up: a state, or the next one while it is worked out."""

    @property
    def plan(self) -> Plan:
        """What there is."""
        ...

    @property
    def nodes(self) -> PersistentTuple[NodeStatus]:
        """Where each is."""
        ...

    @property
    def scopes(self) -> PersistentTuple[ScopeStatus]:
        """Where the nodes are."""
        ...


def find(run: Tables, id: str, node: int) -> int:
    """The status of a node, by its id with the indices."""
    known, remaining = run.plan.nodes[node], iter(split_id(id)[1])
    scope = 0
    for loop in run.plan.scopes[known.scope].path:
        opened = run.nodes[run.scopes[scope].offset + run.plan.nodes[loop].place].opened
        assert opened is not None, id
        runs = run.scopes[opened.first].item is not None
        scope = opened.first + (next(remaining) if runs else 0)
    return run.scopes[scope].offset + known.place


def within(run: Tables, scope: int, route: tuple[int, ...]) -> Iterator[int]:
    """The scopes to which these loops lead from there; none where one has not been opened."""
    if not route:
        yield scope
        return
    opened = run.nodes[run.scopes[scope].offset + run.plan.nodes[route[0]].place].opened
    if opened is not None:
        for number in range(opened.first, opened.first + opened.items):
            yield from within(run, number, route[1:])


def path(run: Tables, scope: int) -> Path:
    """The indices of the items that a scope belongs to."""
    found: list[int] = []
    status = run.scopes[scope]
    while status.loop is not None:
        found += [] if status.item is None else [status.item]
        status = run.scopes[run.nodes[status.loop].scope]
    return tuple(reversed(found))
