"""How the tasks hang together: the body of the DAG's function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from portable_pipeline.codegen.calls import Keyword
from portable_pipeline.ir import Group, Loop
from portable_pipeline.ir.control import around
from ppc_airflow.nodes import AllItemsOf, Node, one_by_one
from ppc_airflow.plan import Call, MappedGroup, ShownGroup
from ppc_airflow.scope import Scope

_Calls = tuple[Call | MappedGroup | ShownGroup, ...]


def calls(scope: Scope) -> _Calls:
    """The calls in an order in which each comes after its upstream; those of a loop together, and of a group."""
    nodes = scope.nodes.by_id
    units: dict[str, list[Node]] = {}
    for node in nodes.values():
        units.setdefault(_unit(node), []).append(node)
    waits = {
        id: {_unit(nodes[each]) for node in members for each in node.upstream} - {id} | _items_before(id, scope)
        for id, members in units.items()
    }
    frames = {id: tuple(_frames(members[0], scope)) for id, members in units.items()}
    return _Writing(scope, units, waits, frames).calls(tuple(units))


class _Writing:
    """Writes what hangs together.

    Args:
        units: The tasks of each mapped group, and each task that is in none.
        waits: For each the ids of those before it.
        frames: The groups that each is shown in, the outermost first.
    """

    def __init__(
        self,
        scope: Scope,
        units: Mapping[str, list[Node]],
        waits: Mapping[str, set[str]],
        frames: dict[str, tuple[Group, ...]],
    ) -> None:
        self._scope = scope
        self._units = units
        self._waits = waits
        self._frames = frames

    def calls(self, ids: Sequence[str], depth: int = 0) -> _Calls:
        """Those of some units, which stand in the same groups down to that depth."""
        homes = {id: self._frames[id][depth].id if len(self._frames[id]) > depth else id for id in ids}
        members: dict[str, list[str]] = {}
        for id, home in homes.items():
            members.setdefault(home, []).append(id)
        sorter = TopologicalSorter(
            {
                home: {homes[each] for id in inside for each in self._waits[id] if each in homes} - {home}
                for home, inside in members.items()
            }
        )
        try:
            sorter.prepare()
        except CycleError as error:
            tangled = {*error.args[1]}
            if not any(self._is_in(tangled, id, depth) for id in ids):
                raise
            self._dissolve(tangled, ids, depth)
            return self.calls(ids, depth)
        return tuple(each for home in one_by_one(sorter, tuple(members)) for each in self._home(members[home], depth))

    def _home(self, ids: list[str], depth: int) -> Iterator[Call | MappedGroup | ShownGroup]:
        if len(self._frames[ids[0]]) > depth:
            frame = self._frames[ids[0]][depth]
            yield ShownGroup(frame.id, frame.name, self.calls(ids, depth + 1))
        else:
            yield from _written(ids[0], self._units[ids[0]], self._scope)

    def _dissolve(self, tangled: set[str], ids: Sequence[str], depth: int) -> None:
        """Of groups that come after each other, or after what comes after them, none is shown."""
        for id in ids:
            if self._is_in(tangled, id, depth):
                self._frames[id] = (*self._frames[id][:depth], *self._frames[id][depth + 1 :])

    def _is_in(self, groups: set[str], id: str, depth: int) -> bool:
        """Whether a unit stands, at that depth, in one of these groups."""
        return len(self._frames[id]) > depth and self._frames[id][depth].id in groups


def _frames(node: Node, scope: Scope) -> Iterator[Group]:
    """The groups around a task; not those in a loop, of which Airflow has one group already."""
    for block in around(scope.nodes.blocks, node.body.loop.id if isinstance(node.body, AllItemsOf) else node.block):
        if isinstance(block, Loop):
            return
        if isinstance(block, Group):
            yield block


def _unit(node: Node) -> str:
    """The group that a task is in, or the task itself."""
    return node.id if node.group is None else node.group


def _items_before(unit: str, scope: Scope) -> set[str]:
    loop = scope.nodes.groups.get(unit)
    return set() if loop is None else {scope.nodes.expands_over(loop)}


def _written(unit: str, members: list[Node], scope: Scope) -> Iterator[Call | MappedGroup]:
    loop = scope.nodes.groups.get(unit)
    if loop is None:
        yield _call(members[0], scope)
        return
    inside = {each.id for each in members}
    outside = [node for node in scope.nodes.by_id.values() if node.id not in inside]
    needed = {each for node in outside for each in node.upstream} & inside
    yield MappedGroup(
        name=unit,
        function=scope.groups[unit],
        parameters=(
            *((scope.at[loop.id],) if loop.id in scope.at else ()),
            *(scope.items[of.id, each.name] for of in (*scope.nodes.outer(loop), loop) for each in of.items),
        ),
        items=scope.variables[scope.nodes.expands_over(loop)],
        calls=tuple(_call(each, scope) for each in members),
        returns=tuple(scope.variables[each.id] for each in members if each.id in needed),
    )


def _call(node: Node, scope: Scope) -> Call:
    taken: tuple[Keyword, ...] = scope.taken[node.id].arguments
    return Call(
        variable=scope.variables.get(node.id),
        function=scope.functions[node.id],
        arguments=taken,
        after=tuple(scope.variables[each] for each in node.order),
    )
