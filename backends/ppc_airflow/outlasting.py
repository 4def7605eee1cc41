"""A task that outlasts all others, where Airflow would end a run too early.

Airflow expands a task of a mapped group when what it needs of outside the group has ended. If its first instance is
decided at that moment, since an upstream of the same item has failed, and no other task is left, Airflow ends the run:
it has not yet counted the instances that it has just made, and these never run. A teardown comes after all of them and
has no say in how the run ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ppc_airflow.nodes import LastOf, Node, Nodes, TurnOf, before

LAST = "all-ended"


def outlasted(given: Nodes) -> Nodes:
    """The same tasks; where it takes one, with a task after all that nothing comes after."""
    nodes = given.by_id
    behind = _all_before(given)
    if not any(_may_be_expanded_last(each, nodes, behind) for each in nodes.values()):
        return given
    followed = {id for node in nodes.values() for id in before(node, given.blocks)}
    leaves = tuple(id for id in nodes if id not in followed)
    return replace(given, by_id={**nodes, LAST: Node(LAST, LastOf(), None, waits=leaves, order=leaves)})


def _may_be_expanded_last(node: Node, nodes: Mapping[str, Node], behind: Mapping[str, frozenset[str]]) -> bool:
    """Whether it waits for something outside its group after what it needs of its own item may have failed."""
    if node.group is None:
        return False
    own = [id for id in node.upstream if nodes[id].group == node.group and not isinstance(nodes[id].body, TurnOf)]
    outside = [id for id in node.upstream if nodes[id].group != node.group]
    return any(other not in behind[id] for id in own for other in outside)


def _all_before(given: Nodes) -> dict[str, frozenset[str]]:
    """What must have ended before each task, at any distance."""
    found: dict[str, frozenset[str]] = {}
    for node in given.by_id.values():
        direct = before(node, given.blocks)
        found[node.id] = frozenset(direct).union(*(found[each] for each in direct))
    return found
