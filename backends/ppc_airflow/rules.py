"""Which trigger rule makes a task end as the portable semantics say.

A task is decided when everything upstream has ended: `upstream_failed` if anything failed, else skipped if anything
that it needs was, else it runs. Airflow's `all_success` goes by whatever comes first. Where the one cannot be mistaken
for the other, `all_success` it is; elsewhere `none_failed` waits for all, and the task itself looks who was skipped.

Between the groups of loops in loops, `all_done` waits for the tasks of all items, and the task looks at its own.
Within a group, too, a task that may run though others have not succeeded looks itself: before Airflow has expanded it,
rules such as `one_success` and `none_failed_min_one_success` go by the tasks of all items. They also count the task
that returned the items, where it takes one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portable_pipeline.ir import Stage
from ppc_airflow.nodes import (
    AllItemsOf,
    CollectedOf,
    CopyOf,
    EitherOf,
    EntryOf,
    FailedOf,
    Gate,
    LastOf,
    Node,
    Nodes,
    TurnOf,
    items_id,
)

Ids = frozenset[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """How a task is decided.

    Args:
        trigger: Name of a member of Airflow's `TriggerRule`; None for what Airflow does anyway.
        needs: Ids of the tasks that must not have been skipped: to be looked at by the task itself.
        options: Ids of tasks of which one must not have been skipped, likewise, for each join.
    """

    trigger: str | None = None
    needs: tuple[str, ...] = ()
    options: tuple[tuple[str, ...], ...] = ()

    @property
    def looks(self) -> bool:
        """Whether the task has to look."""
        return bool(self.needs or self.options)


def rules(nodes: Nodes) -> Mapping[str, Rule]:
    """The rule of each task."""
    known = _Known()
    found: dict[str, Rule] = {}
    for node in nodes.by_id.values():
        found[node.id] = _rule(node, known)
        known.learn(node, found[node.id], nodes)
    return found


class _Known:
    """What is known of the tasks so far.

    Args:
        causes: Ids of the tasks that can make it be skipped without being skipped themselves; itself, for a gate.
        required: Ids of the tasks that have succeeded if it has been decided without failure or skip.
        follows: Ids of the tasks such that it surely is skipped when one of them is.
        turns: Ids of the tasks that hold back items: for these to fail is no answer.
    """

    def __init__(self) -> None:
        self.causes: dict[str, Ids] = {}
        self.required: dict[str, Ids] = {}
        self.follows: dict[str, Ids] = {}
        self.turns: set[str] = set()

    def learn(self, node: Node, rule: Rule, nodes: Nodes) -> None:
        if isinstance(node.body, TurnOf):
            self.turns.add(node.id)
        followed = _followed(node, nodes)
        if followed:
            # It is skipped by what it sees of others, which says nothing of any task but itself.
            self.causes[node.id] = frozenset({node.id} if any(self.causes[each] for each in followed) else ())
            self.required[node.id] = frozenset()
            self.follows[node.id] = frozenset({node.id})
            return
        outer = nodes.loop_of(node.id)
        needs = [*node.needs, *([nodes.expands_over(outer)] if outer else [])]
        causes = frozenset[str]().union(*(self.causes[each] for each in node.upstream if each not in node.waits))
        required = frozenset(needs).union(*(self.required[each] for each in needs))
        if isinstance(node.body, EitherOf):
            primary, stand_in = node.options[0]
            causes = self.causes[primary] & self.causes[stand_in]
            required = self.required[primary] & self.required[stand_in]
        itself = frozenset({node.id}) if isinstance(node.body, Gate | FailedOf) else frozenset()
        self.causes[node.id] = causes | itself
        self.required[node.id] = required
        plain = rule.trigger is None and isinstance(node.body, Stage | Gate)
        follows = frozenset[str]().union(*(self.follows[each] for each in needs)) if plain else frozenset()
        self.follows[node.id] = follows | {node.id}


def _followed(node: Node, nodes: Nodes) -> tuple[str, ...]:
    """Ids of the tasks that it looks at, to end as they have ended: it is not Airflow that decides."""
    match node.body:
        case AllItemsOf():
            return (nodes.expands_over(nodes.outer(node.body.loop)[-1]),)
        case EntryOf() | CollectedOf():
            return (items_id(node.body.loop.id),)
        case CopyOf():
            inward = nodes.loop_of(node.body.source) != node.body.loop
            return (*((items_id(node.body.loop.id),) if inward else ()), node.body.source)
    return ()


def _rule(node: Node, known: _Known) -> Rule:
    if isinstance(node.body, AllItemsOf | CollectedOf | CopyOf) or (isinstance(node.body, EitherOf) and node.group):
        return Rule("ALL_DONE")
    if isinstance(node.body, LastOf):
        return Rule()
    if isinstance(node.body, FailedOf):
        return Rule("ONE_FAILED")
    if isinstance(node.body, EitherOf):
        return Rule("ONE_SUCCESS" if node.group is None else "ALL_DONE")
    skippable = tuple(each for each in node.needs if known.causes[each])
    groups = tuple(group for group in node.options if all(known.causes[each] for each in group))
    if len(node.options) == 1 and not (node.needs or node.waits) and node.group is None:
        return Rule("NONE_FAILED_MIN_ONE_SUCCESS")
    if node.options or node.waits or not _cannot_be_mistaken(node, skippable, known):
        return Rule("NONE_FAILED", skippable, groups)
    return Rule()


def _cannot_be_mistaken(node: Node, skippable: tuple[str, ...], known: _Known) -> bool:
    """Whether nothing that it needs can have failed once something else has been skipped."""
    return all(
        other in {skipped, cause} or other in known.required[cause] or cause in known.follows[other]
        for skipped in skippable
        for cause in known.causes[skipped]
        for other in node.needs
        if other not in known.turns
    )
