"""One transition of a run while it is worked out; nobody else ever sees it."""

from __future__ import annotations

from collections import deque
from typing import Any

from portable_pipeline.instances import instance_id
from portable_pipeline.outcome import StageState
from portable_pipeline.runner.messages import (
    Action,
    CallHook,
    CountLoop,
    DecideBranch,
    FinishRun,
    Report,
    StartAttempt,
)
from portable_pipeline.runner.plan import Node
from portable_pipeline.runner.rules import RULES, STAND_IN
from portable_pipeline.runner.states import ENDED, MachineState, NodeStatus, Opened, Phase, ScopeStatus, path, within

_NEXT_PHASE: dict[Phase, Phase] = {"stages": "on_failure", "on_failure": "on_exit", "on_exit": "over"}


class Step:
    """A state that may be changed, and what is to be done because of it.

    Nodes end one after the other: what waits for one has heard of it before the next one ends. So a scope that opens
    sees of each node either that it has ended or that it will be told of it.
    """

    def __init__(self, state: MachineState) -> None:
        self._state = state
        self.plan = state.plan
        self.nodes = state.nodes
        self.scopes = state.scopes
        self.failed = state.failed
        self.degraded = state.degraded
        self.ending = state.ending
        self.killing = state.killing
        self.hooks = state.hooks
        self.actions: list[Action] = []
        self._to_end: deque[tuple[int, StageState, int]] = deque()

    def taken(self) -> tuple[MachineState, tuple[Action, ...]]:
        """The next state, once everything has ended that ends by this, and the actions."""
        while self._to_end:
            self._end(*self._to_end.popleft())
        state = self._state._replace(
            nodes=self.nodes,
            scopes=self.scopes,
            failed=self.failed,
            degraded=self.degraded,
            ending=self.ending,
            killing=self.killing,
            hooks=self.hooks,
        )
        while not state.unfinished and not state.hooks and state.phase != "over":
            state = self._next_phase(state)
        return state, tuple(self.actions)

    def put(self, number: int, **changed: Any) -> None:
        """Change a status; a new state of a stage is reported."""
        status: NodeStatus = self.nodes[number]._replace(**changed)
        self.nodes = self.nodes.put(number, status)
        if "state" in changed and self.node(status).kind == "stage":
            self.actions.append(Report(self.id(status), status.state, status.attempts))

    def end(self, number: int, state: StageState, items: int = 1) -> None:
        """End a node as soon as its turn comes, if it has not ended by then.

        Args:
            items: Of a loop that runs.
        """
        self._to_end.append((number, state, items))

    def open(self, number: int, items: int, *, runs: bool) -> None:
        """Make the scopes of a loop's items; a loop that does not run has a single one that stands for all."""
        loop = self.node(self.nodes[number])
        assert loop.inner is not None
        self.put(number, opened=Opened(first=len(self.scopes), items=items, left=items))
        for place in range(items):
            self.add_scope(loop.inner, number, place if runs else None)

    def add_scope(self, scope: int, loop: int | None, index: int | None) -> None:
        """Make a scope; what is ready in it goes on."""
        planned, offset, number = self.plan.scopes[scope], len(self.nodes), len(self.scopes)
        self.scopes = self.scopes.append(ScopeStatus(scope, loop, index, offset, planned.counting))
        for each in planned.nodes:
            self.nodes = self.nodes.append(self._fresh(each, number))
        if not self.ending:
            for each in range(offset, len(self.nodes)):
                self._decide(each)

    def leave(self, scope: int) -> None:
        """Note that a node that counts has ended; with the last one its scope has, and so on outwards."""
        while True:
            status = self.scopes[scope]
            self.scopes = self.scopes.put(scope, status._replace(left=status.left - 1))
            if status.left > 1 or status.loop is None:
                return
            loop = self.nodes[status.loop]
            assert loop.opened is not None
            self.put(status.loop, opened=loop.opened._replace(left=loop.opened.left - 1))
            if loop.opened.left > 1:
                self._admit(status.loop)
                return
            scope = loop.scope

    def node(self, status: NodeStatus) -> Node:
        """What the plan says of it."""
        return self.plan.nodes[status.node]

    def id(self, status: NodeStatus) -> str:
        """The id of the stage or block, with the indices of the items."""
        return instance_id(self.node(status).name, path(self, status.scope))

    def _fresh(self, number: int, scope: int) -> NodeStatus:
        node = self.plan.nodes[number]
        status = NodeStatus(number, scope, missing=0, held=node.primary is not None)
        for each in node.upstream:
            source = self.plan.nodes[each]
            known = None if source.scope == node.scope else self._seen_from(scope, source)
            if known is None or known.state not in ENDED:
                status = status._replace(missing=status.missing + 1)
            else:
                status = _told(status, known.state)
        return status._replace(missing=status.missing + 1) if status.held else status

    def _seen_from(self, scope: int, source: Node) -> NodeStatus:
        at = self.scopes[scope]
        while at.scope != source.scope:
            assert at.loop is not None
            at = self.scopes[self.nodes[at.loop].scope]
        return self.nodes[at.offset + source.place]

    def _decide(self, number: int) -> None:
        status = self.nodes[number]
        if status.state != "queued":
            return
        node = self.node(status)
        verdict = RULES[node.kind](status)
        if verdict is None:
            return
        if verdict != "go":
            self.end(number, verdict)
        elif node.kind == "stage":
            self.actions.append(StartAttempt(self.id(status), 1))
        else:
            self.put(number, state="running")
            self.actions.append((DecideBranch if node.kind == "branch" else CountLoop)(self.id(status)))

    def _end(self, number: int, state: StageState, items: int) -> None:
        status = self.nodes[number]
        if status.state in ENDED:
            return
        node = self.node(status)
        self.put(number, state=state)
        if node.kind == "stage" and state == "failed":
            self._stage_failed(node, status)
        if node.kind == "saved" and status.lost:
            self.degraded |= state == "success"
            self.failed |= state != "success"
        if node.kind == "loop":
            self._loop_ended(number, status, state, items)
        elif node.counts:
            self.leave(status.scope)
        self._pass_on(number, node, state)

    def _stage_failed(self, node: Node, status: NodeStatus) -> None:
        self.failed |= node.stand_in is None  # otherwise that depends on the stand-in
        if node.name in self.plan.hooked and not status.told:
            self.hooks += 1
            self.actions.append(CallHook("on_failure", self.id(status)))

    def _loop_ended(self, number: int, status: NodeStatus, state: StageState, items: int) -> None:
        runs = state == "success"
        loop = self.node(status)
        assert loop.inner is not None
        inner = self.plan.scopes[loop.inner]
        items = items if inner.counting else 0
        for each in [self.plan.nodes[node].gather for node in inner.nodes]:
            if each is None:
                continue
            gather = self.scopes[status.scope].offset + self.plan.nodes[each].place
            self.put(gather, missing=self.nodes[gather].missing + items)
        self.open(number, items, runs=runs)
        if not items:
            self.leave(status.scope)
        elif runs:
            self._admit(number)
        else:
            self.end(self.scopes[len(self.scopes) - 1].offset, state)

    def _admit(self, number: int) -> None:
        """Let items begin, as many as may run at once."""
        loop = self.nodes[number]
        limit, opened = self.node(loop).limit, loop.opened
        assert opened is not None
        ended = opened.items - opened.left
        until = opened.items if limit is None else min(opened.items, ended + limit)
        for item in range(opened.admitted, until):
            self.end(self.scopes[opened.first + item].offset, "success")
        self.put(number, opened=opened._replace(admitted=until))

    def _pass_on(self, number: int, node: Node, state: StageState) -> None:
        scope = self.nodes[number].scope
        for each in node.consumers:
            consumer = self.plan.nodes[each]
            for inner in within(self, scope, self.plan.route(node.scope, consumer.scope)):
                self._hear(self.scopes[inner].offset + consumer.place, state)
        if node.stand_in is not None:
            self._hear_of_primary(self.scopes[scope].offset + self.plan.nodes[node.stand_in].place, state)
        if node.gather is not None:
            at = self.scopes[scope]
            assert at.loop is not None
            around = self.scopes[self.nodes[at.loop].scope]
            # What was skipped is left out (M2); a loop that was skipped has told of that itself.
            told: StageState = "success" if state == "skipped" else state
            self._hear(around.offset + self.plan.nodes[node.gather].place, told)

    def _hear(self, number: int, state: StageState) -> None:
        status = self.nodes[number]
        if status.state == "queued":
            self.nodes = self.nodes.put(number, _told(status, state, -1))
            self._decide(number)

    def _hear_of_primary(self, number: int, state: StageState) -> None:
        if state in STAND_IN:
            self.end(number, STAND_IN[state])
        elif self.nodes[number].state == "queued":
            self.put(number, held=False, missing=self.nodes[number].missing - 1)
            self._decide(number)

    def _next_phase(self, state: MachineState) -> MachineState:
        phase = _NEXT_PHASE[state.phase]
        wanted = {
            "on_failure": self.plan.on_failure and state.outcome == "failed",
            "on_exit": self.plan.on_exit,
        }.get(phase, False)
        if wanted:
            self.actions.append(CallHook("on_exit" if phase == "on_exit" else "on_failure"))
        if phase == "over":
            self.actions.append(FinishRun(state.outcome))
        return state._replace(phase=phase, hooks=int(wanted))


def _told(status: NodeStatus, state: StageState, missing: int = 0) -> NodeStatus:
    """The status of a node that knows of one more that it waits for.

    Args:
        missing: How many more it does not know of.
    """
    return status._replace(
        missing=status.missing + missing,
        good=status.good or state == "success",
        bad=status.bad or state in ("failed", "upstream_failed", "cancelled"),
        lost=status.lost or state == "failed",
        skipped=status.skipped or state == "skipped",
    )
