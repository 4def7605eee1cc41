"""What passes from group to group, and by which tasks.

KFP gives what a task in a `dsl.If` returns to the outside only by `dsl.OneOf`, with something from its `dsl.Else`; what
one in a `dsl.ParallelFor` returns only by `dsl.Collected`; and both take outputs of the group's own tasks alone. So:

| what                                       | how                                                                     |
|--------------------------------------------|-------------------------------------------------------------------------|
| out of a condition                         | its `dsl.Else` returns a mark: `dsl.OneOf` of the value and the mark    |
| out of a condition in a group, further out | a task in the outer group passes it on                                  |
| out of a loop                              | a task gathers `dsl.Collected`, and leaves out the marks                |
| a join                                     | `dsl.OneOf` of two branches; else a task takes the first that is there  |
| an artifact                                | its record: what `verify_inputs` needs to know of it                    |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from portable_pipeline.ir import ArtifactRef, Collected, Constant, FirstOf, ResultRef, Value
from ppc_kfp.nodes import (
    AllEnded,
    Condition,
    Ended,
    Group,
    Node,
    Repeated,
    Unplaceable,
    Wanted,
    innermost,
    sides,
)
from ppc_kfp.paths import Paths

#: What comes from one place.
Single = ResultRef | ArtifactRef | Collected | Ended | AllEnded
_Sets = dict[Group, dict[Single, None]]


@dataclass(slots=True)
class Passing:
    """Where each stage stands, and what passes where; sets are dicts, for their order.

    Args:
        stages: The group of each stage.
        nodes: The node of each group.
        marked: What passes out of each condition.
        passed: What a task passes on in each group.
        collected: What is collected from each loop.
        joined: The joins that a task makes in each group, and before which of its nodes.
        texts: For each stage and block the values that reach it as text, whatever their type.
        records: Artifacts whose records are asked for.
    """

    stages: dict[str, Group] = field(default_factory=dict)
    nodes: dict[Group, Condition | Repeated] = field(default_factory=dict)
    marked: _Sets = field(default_factory=dict)
    passed: _Sets = field(default_factory=dict)
    collected: dict[Group, dict[Collected | AllEnded, None]] = field(default_factory=dict)
    joined: dict[Group, dict[FirstOf, int]] = field(default_factory=dict)
    texts: set[tuple[str, Wanted | Value]] = field(default_factory=set)
    records: set[ArtifactRef] = field(default_factory=set)

    def home(self, value: Single) -> Group:
        """The group in which a value can be named as it is."""
        if isinstance(value, Collected | AllEnded):
            return self.body(value)[:-1]
        return self.stages[value.stage]

    def body(self, value: Collected | AllEnded) -> Group:
        """The loop that it is collected from."""
        group = self.stages[innermost(value).stage]
        depths = (depth for depth in range(1, len(group) + 1) if self._is_loop(group[:depth], value.loop))
        return group[: next(depths)]

    def native(self, value: FirstOf) -> bool:
        """Whether it joins the two sides of one `dsl.If`."""
        groups = [self.stages[each.stage] for each in value.options]
        first, last = groups[0], groups[-1]
        sibling = len(groups) == 2 and first and last and first[:-1] == last[:-1] and first[-1][0] == last[-1][0]
        return bool(sibling) and first != last

    def join_at(self, value: FirstOf, at: Group) -> Group | None:
        """The group around in which a task makes the join."""
        return next((at[:depth] for depth in range(len(at) + 1) if value in self.joined.get(at[:depth], ())), None)

    def is_text(self, taker: str, value: Value) -> bool:
        """Whether a value reaches a stage or a block as text, whatever its type."""
        # A constant may be a list, which has no hash.
        return not isinstance(value, Constant) and (taker, value) in self.texts

    def _is_loop(self, group: Group, loop: str) -> bool:
        node = self.nodes[group]
        return isinstance(node, Repeated) and node.loop == loop


def passing(paths: Paths, nodes: tuple[Node, ...]) -> Passing:
    """What passes where in a pipeline that is laid out so."""
    found = Passing()
    for node, at, _ in _walk(nodes, ()):
        if isinstance(node, str):
            found.stages[node] = at
    for group, made in _groups(nodes, ()):
        found.nodes[group] = made
    wanting = _Wanting(paths, found)
    for node, at, index in _walk(nodes, ()):
        wanting.node(node, at, index)
    return found


class _Wanting:
    def __init__(self, paths: Paths, found: Passing) -> None:
        self._paths = paths
        self._found = found

    def node(self, node: Node, at: Group, index: int) -> None:
        """What a stage or a block takes where it stands."""
        if isinstance(node, str):
            stage = self._paths.stages[node]
            for value in self._paths.wants(stage):
                if not isinstance(value, Ended | AllEnded):
                    self._take(node, value, at, index)
            for value in self._paths.orders(stage):
                self._wait(value, at)
            return
        decider = node.loop if isinstance(node, Repeated) else node.decider
        for value in self._paths.operands(decider):
            if decider not in self._paths.givens:
                self._take(decider, value, at, index)
            elif isinstance(value, FirstOf):
                self._join(value, at, index)
            else:
                self._text(value, at)

    def _take(self, taker: str, value: Wanted, at: Group, index: int) -> None:
        plain = self._is_plain(value, at)
        if not plain:
            self._found.records.update(artifacts(value))
        if not isinstance(value, FirstOf):
            if not plain:
                self._found.texts.add((taker, value))
            self._reach(value, at)
        elif not self._found.native(value):
            self._found.texts.add((taker, value))
            self._join(value, at, index)

    def _is_plain(self, value: Wanted, at: Group) -> bool:
        """Whether it can be named without leaving a group."""
        if isinstance(value, FirstOf | Collected | AllEnded):
            return False
        home = self._found.home(value)
        return at[: len(home)] == home

    def _wait(self, value: Ended | AllEnded, at: Group) -> None:
        if not self._is_plain(value, at):
            # `.after` takes a task, of a group around.
            home = self._found.home(value)
            _add(self._found.passed, home[: common(home, at)], value)
            self._reach(value, at)

    def _join(self, value: FirstOf, at: Group, index: int) -> None:
        if self._found.native(value) or self._found.join_at(value, at) is not None:
            return
        if len({self._paths.wire(each) == "text" for each in value.options}) > 1:
            stage = self._paths.stages[value.options[-1].stage]
            raise Unplaceable(
                stage.span,
                stage.id,
                "it is joined with a stage whose result is text to KFP, and its own is JSON, or the other way round",
                "let all options of the join return the same type",
            )
        self._found.joined.setdefault(at, {})[value] = index
        for each in value.options:
            self._text(each, at)

    def _text(self, value: Single, at: Group) -> None:
        """To there, as text."""
        home = self._found.home(value)
        self._found.records.update(artifacts(value))
        if at[: len(home)] == home and self._needs_task(value) and not isinstance(value, Collected | AllEnded):
            _add(self._found.passed, home, value)
        self._reach(value, at)

    def _reach(self, value: Single, at: Group) -> None:
        """Out of all groups that are not around, and out of the loop itself."""
        if isinstance(value, Collected | AllEnded):
            self._collect(value)
        home = self._found.home(value)
        for depth in range(len(home), common(home, at), -1):
            group = home[:depth]
            _add(self._found.marked, group, value)
            if depth < len(home) or self._needs_task(value):
                _add(self._found.passed, group, value)

    def _collect(self, value: Collected | AllEnded) -> None:
        body = self._found.body(value)
        self._found.collected.setdefault(body, {})[value] = None
        self._found.records.update(artifacts(value))
        home = self._found.home(value.of)
        if home != body or not isinstance(value.of, ResultRef | ArtifactRef):
            _add(self._found.passed, body, value.of)
        self._reach(value.of, body)

    def _needs_task(self, value: Wanted) -> bool:
        """Whether the value has no task whose output is the text of it."""
        if isinstance(value, ResultRef):
            return self._paths.wire(value) in ("float", "bool")
        return not isinstance(value, ArtifactRef)


def artifacts(value: Wanted) -> tuple[ArtifactRef, ...]:
    """The artifacts that it may be, or be made of."""
    if isinstance(value, Collected | AllEnded):
        return artifacts(innermost(value))
    found = value.options if isinstance(value, FirstOf) else (value,)
    return tuple(each for each in found if isinstance(each, ArtifactRef))


def _walk(nodes: tuple[Node, ...], at: Group) -> Iterator[tuple[Node, Group, int]]:
    """All nodes, the groups that they stand in, and where."""
    for index, node in enumerate(nodes):
        yield node, at, index
        if not isinstance(node, str):
            for side, inner in sides(node):
                yield from _walk(inner, (*at, (index, side)))


def _groups(nodes: tuple[Node, ...], at: Group) -> Iterator[tuple[Group, Condition | Repeated]]:
    for index, node in enumerate(nodes):
        if not isinstance(node, str):
            for side, inner in sides(node):
                yield (*at, (index, side)), node
                yield from _groups(inner, (*at, (index, side)))


def common(one: Group, other: Group) -> int:
    """How many groups are around both."""
    return next(
        (depth for depth, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _add(groups: _Sets, group: Group, value: Single) -> None:
    groups.setdefault(group, {})[value] = None
