"""From a pipeline to the plan of its runs, in time that is linear in its stages, blocks and edges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from portable_pipeline.ir import Block, FirstOf, Group, Loop, Pipeline, Stage, Value
from portable_pipeline.ir.control import values_of
from portable_pipeline.ir.graph import stages_of
from portable_pipeline.ir.loops import LoopNeeds
from portable_pipeline.runner.plan import Kind, Node, Plan, Scope


def plan_of(pipeline: Pipeline) -> Plan:
    """The plan of a valid pipeline."""
    planner = _Planner(pipeline)
    planner.connect()
    return planner.plan()


@dataclass(slots=True)
class _Draft:
    kind: Kind
    name: str
    scope: int
    upstream: dict[int, None] = field(default_factory=dict)  # in order, each once
    primary: int | None = None
    stand_in: int | None = None
    gather: int | None = None
    retries: int = 0
    limit: int | None = None
    inner: int | None = None


class _Planner:
    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._loop_needs = LoopNeeds(pipeline)
        self._blocks: dict[str, Block] = {block.id: block for block in pipeline.blocks}
        self._drafts: list[_Draft] = []
        self._paths: list[tuple[int, ...]] = [()]
        self._scope_in: dict[str | None, int] = {None: 0}  # by the innermost block
        self._allowing: dict[str | None, int | None] = {None: None}  # the node that allows what is in a block to run
        self._block_nodes: dict[str, int] = {}
        for block in pipeline.blocks:
            self._add_block(block)
        self._stages = {
            stage.id: self._add(_Draft("stage", stage.id, self._scope_in[stage.block], retries=stage.retry.retries))
            for stage in pipeline.stages
        }
        self._meant = dict(self._stages)  # what a reference to a stage waits for
        self._joins: dict[tuple[int, ...], int] = {}
        for stage in pipeline.stages:
            if stage.fallback is not None:
                self._meant[stage.id] = self._add(_Draft("saved", stage.id, self._scope_in[stage.block]))

    def connect(self) -> None:
        """Draw the edges."""
        for block in self._pipeline.blocks:
            if not isinstance(block, Group):
                self._wait(self._block_nodes[block.id], values_of(block), block.parent)
        for stage in self._pipeline.stages:
            self._connect_stage(stage)

    def plan(self) -> Plan:
        nodes_in: list[list[int]] = [[] for _ in self._paths]
        places: list[int] = []
        consumers: list[list[int]] = [[] for _ in self._drafts]
        for number, draft in enumerate(self._drafts):
            places.append(len(nodes_in[draft.scope]))
            nodes_in[draft.scope].append(number)
            for each in draft.upstream:
                consumers[each].append(number)
        nodes = tuple(
            Node(
                kind=draft.kind,
                name=draft.name,
                scope=draft.scope,
                place=place,
                upstream=tuple(draft.upstream),
                consumers=tuple(consumed_by),
                primary=draft.primary,
                stand_in=draft.stand_in,
                gather=draft.gather,
                retries=draft.retries,
                limit=draft.limit,
                inner=draft.inner,
            )
            for draft, place, consumed_by in zip(self._drafts, places, consumers, strict=True)
        )
        return Plan(
            nodes=nodes,
            scopes=tuple(
                Scope(tuple(within), path, sum(nodes[each].counts for each in within))
                for within, path in zip(nodes_in, self._paths, strict=True)
            ),
            stages=self._stages,
            blocks=self._block_nodes,
            hooked=frozenset(stage.id for stage in self._pipeline.stages if stage.on_failure is not None),
            on_failure=self._pipeline.on_failure is not None,
            on_exit=self._pipeline.on_exit is not None,
        )

    def _add(self, draft: _Draft) -> int:
        self._drafts.append(draft)
        return len(self._drafts) - 1

    def _add_block(self, block: Block) -> None:
        around = self._scope_in[block.parent]
        self._scope_in[block.id], self._allowing[block.id] = around, self._allowing[block.parent]
        if isinstance(block, Group):
            return
        if not isinstance(block, Loop):
            self._block_nodes[block.id] = self._allowing[block.id] = self._add(_Draft("branch", block.id, around))
            return
        inner = len(self._paths)
        loop = self._add(_Draft("loop", block.id, around, limit=block.max_parallel, inner=inner))
        self._block_nodes[block.id] = loop
        self._paths.append((*self._paths[around], loop))
        self._scope_in[block.id] = inner
        self._allowing[block.id] = self._add(_Draft("item", block.id, inner))

    def _connect_stage(self, stage: Stage) -> None:
        node = self._stages[stage.id]
        self._wait(node, (each.value for each in stage.inputs), stage.block)
        draft = self._drafts[node]
        draft.upstream |= dict.fromkeys(self._source(each, draft.scope) for each in stage.after)
        if stage.fallback is not None:
            saved = self._drafts[self._meant[stage.id]]
            saved.upstream |= dict.fromkeys((node, self._meant[stage.fallback]))
            draft.stand_in = self._stages[stage.fallback]
            self._drafts[draft.stand_in].primary = node

    def _wait(self, node: int, values: Iterable[Value], block: str | None) -> None:
        draft = self._drafts[node]
        for value in values:
            if isinstance(value, FirstOf):
                draft.upstream[self._join(value, draft.scope)] = None
            else:
                draft.upstream |= dict.fromkeys(self._source(each, draft.scope) for each in stages_of(value))
        allowing = self._allowing[block]
        if allowing is not None:
            draft.upstream[allowing] = None

    def _join(self, value: FirstOf, scope: int) -> int:
        options = dict.fromkeys(self._source(each, scope) for each in stages_of(value))
        key = (scope, *options)
        if key not in self._joins:
            self._joins[key] = self._add(_Draft("join", "", scope, upstream=options))
        return self._joins[key]

    def _source(self, stage: str, scope: int) -> int:
        """What to wait for in order to have the stage's value, or those for all items, in that scope."""
        node, path = self._meant[stage], self._paths[scope]
        while True:
            draft = self._drafts[node]
            around = self._paths[draft.scope]
            if around == path[: len(around)]:
                return node
            if draft.gather is None:
                draft.gather = self._gather(stage, around[-1])
            node = draft.gather

    def _gather(self, stage: str, loop: int) -> int:
        """What gathers the stage, or what is gathered of it in a loop inside, over a loop's items."""
        outside = self._drafts[loop].scope
        gather = _Draft("gather", "", outside, upstream={loop: None})
        number = self._add(gather)
        needs = dict.fromkeys(
            self._source(each, outside) for each in self._loop_needs.of(stage, self._drafts[loop].name)
        )
        if needs:
            gather.upstream[self._add(_Draft("needs", "", outside, upstream=needs))] = None
        return number
