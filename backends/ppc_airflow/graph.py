"""How the tasks hang together: the body of the DAG's function."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import TopologicalSorter

from portable_pipeline.codegen.calls import Keyword
from ppc_airflow.nodes import Node
from ppc_airflow.plan import Call, MappedGroup
from ppc_airflow.scope import Scope


def calls(scope: Scope) -> tuple[Call | MappedGroup, ...]:
    """The calls in an order in which each comes after its upstream; those of a loop together."""
    nodes = scope.nodes.by_id
    units: dict[str, list[Node]] = {}
    for node in nodes.values():
        units.setdefault(_unit(node), []).append(node)
    position = {id: index for index, id in enumerate(units)}
    waits = {
        id: {_unit(nodes[each]) for node in members for each in node.upstream} - {id} for id, members in units.items()
    }
    sorter = TopologicalSorter({id: waits[id] | _items_before(id, scope) for id in units})
    sorter.prepare()
    found: list[Call | MappedGroup] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=position.__getitem__)
        for id in ready:
            found += _written(id, units[id], scope)
        sorter.done(*ready)
    return tuple(found)


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
