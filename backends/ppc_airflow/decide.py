"""The tasks that decide about stages: gates, items of loops, and what stands between a stage and its stand-in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from portable_pipeline.codegen.calls import Keyword, given
from portable_pipeline.codegen.literals import Source, commas, identifier, literal
from portable_pipeline.graph.words import predicate_words
from portable_pipeline.ir import ParameterRef, RunDate, RunTime
from ppc_airflow.conditions import condition
from ppc_airflow.nodes import (
    AllItemsOf,
    CollectedOf,
    CopyOf,
    EitherOf,
    EndOf,
    EntryOf,
    FailedOf,
    Gate,
    InputsOf,
    ItemsOf,
    LastOf,
    Node,
    TurnOf,
    has_answer,
    items_id,
)
from ppc_airflow.plan import Decision
from ppc_airflow.rules import Rule
from ppc_airflow.scope import TI, Scope, gives, pulls, values_in

_NOTHING = Source("None")
_OWN_INDEX = Source("ti.map_index")
_STALE_ANSWERS = (
    "A scheduler under load may take the end of one look for the failure of the next; hence the retries.",
    "https://github.com/apache/airflow/issues/71172",
)
_COUNTED_LATE = (
    "Airflow expands a mapped task when what it needs of outside its group has ended. If the first of its instances",
    "fails with its upstream at that moment, and nothing else is left, Airflow ends the run before the others run.",
)


def decision(node: Node, scope: Scope) -> Decision:
    """The plan of a task that is no stage."""
    match node.body:
        case Gate():
            return _gate(node, node.body, scope)
        case ItemsOf():
            return _items(node, node.body, scope)
        case TurnOf():
            return _turn(node, node.body, scope)
        case FailedOf():
            return _failed(node, node.body, scope)
        case EitherOf():
            return _either(node, node.body, scope)
        case InputsOf():
            return _inputs(node, node.body, scope)
        case AllItemsOf():
            return _all_items(node, node.body, scope)
        case EntryOf():
            return _entry(node, node.body, scope)
        case CollectedOf():
            return _collected(node, node.body, scope)
        case CopyOf():
            return _copy(node, node.body, scope)
        case EndOf():
            return _end(node, node.body, scope)
        case LastOf():
            return _last(node, scope)
    raise ValueError(f"{node.id} is a stage")


def trigger_rule(rule: Rule) -> Iterator[Keyword]:
    """The decorator's argument; nothing where Airflow's default does."""
    if rule.trigger is not None:
        yield given("trigger_rule", Source(f"TriggerRule.{rule.trigger}"))


def looks_at_others(node: Node, scope: Scope) -> bool:
    """Whether the task asks itself how others have ended, to end likewise."""
    return isinstance(node.body, FailedOf | EntryOf) or scope.rules[node.id].trigger == "ALL_DONE"


def look(rule: Rule) -> tuple[Source, ...]:
    """Arguments of `skip_with`; empty where the task need not look."""
    if not rule.looks:
        return ()
    groups = (Source(f"one_of={literal([list(each) for each in rule.options])}"),) if rule.options else ()
    return (TI, *(literal(each) for each in rule.needs), *groups)


def _options(node: Node, scope: Scope) -> tuple[Keyword, ...]:
    return given("task_id", node.id), *trigger_rule(scope.rules[node.id])


def _context(node: Node, scope: Scope) -> Iterator[Source]:
    values = [value for _, value in values_in(node)]
    if any(isinstance(each, ParameterRef) for each in values):
        yield Source("params")
    if any(isinstance(each, RunDate | RunTime) for each in values):
        yield Source("dag_run")
    looks = scope.rules[node.id].looks or looks_at_others(node, scope) or isinstance(node.body, TurnOf)
    if looks or pulls(node, scope.nodes):
        yield TI


def _arguments(node: Node, scope: Scope) -> tuple[Source, ...]:
    return (*(each.name for each in scope.taken[node.id].arguments), *_context(node, scope))


def _gate(node: Node, gate: Gate, scope: Scope) -> Decision:
    branch = gate.branch
    holds = condition(branch.predicate, lambda value: scope.value(node.id, value))
    other = branch.otherwise_of is not None
    return Decision(
        function=scope.functions[node.id],
        docs="Let what comes next run only if this " + ("does not hold." if other else "holds."),
        options=_options(node, scope),
        arguments=_arguments(node, scope),
        shape=_NOTHING,
        look=look(scope.rules[node.id]),
        skips_if=holds if other else Source(f"not ({holds})"),
        why=f"`{predicate_words(branch.predicate)}` " + ("holds" if other else "does not hold"),
    )


def _items(node: Node, items: ItemsOf, scope: Scope) -> Decision:
    lists = commas(
        Source(f"{literal(str(scope.items[items.loop.id, each.name]))}: {scope.value(node.id, each.value)}")
        for each in items.loop.items
    )
    key = "" if items.loop.key is None else f", key={literal(items.loop.key)}"
    return Decision(
        function=scope.functions[node.id],
        docs="Tell what to run for: the arguments for each item.",
        options=_options(node, scope),
        arguments=_arguments(node, scope),
        shape=identifier("list"),
        look=look(scope.rules[node.id]),
        returns=Source(f"loop_items({{{lists}}}{key})"),
    )


def _turn(node: Node, turn: TurnOf, scope: Scope) -> Decision:
    most = literal(turn.loop.max_parallel)
    return Decision(
        function=scope.functions[node.id],
        docs=f"Let {most} items be in progress at once.",
        decorator=Source("task.sensor"),
        notes=_STALE_ANSWERS,
        options=(
            *_options(node, scope),
            given("mode", "reschedule"),
            given("retries", 20),
            given("retry_delay", timedelta(seconds=10)),
        ),
        arguments=_arguments(node, scope),
        shape=identifier("bool"),
        returns=Source(f"has_turn(ti, {commas(map(literal, turn.stages))}, at_once={most})"),
    )


def _failed(node: Node, failed: FailedOf, scope: Scope) -> Decision:
    return Decision(
        function=scope.functions[node.id],
        docs=f"Let `{failed.stage.fallback}` stand in for `{failed.stage.id}`, if that has failed itself.",
        options=_options(node, scope),
        arguments=_arguments(node, scope),
        shape=_NOTHING,
        fails_if=Source(f'state_of(ti, {literal(failed.stage.id)}) != "failed"'),
        why=f"`{failed.stage.id}` has not started",
    )


def _either(node: Node, either: EitherOf, scope: Scope) -> Decision:
    names = [each.name for each in scope.taken[node.id].arguments]
    looks = looks_at_others(node, scope)
    first, second = (f"state_of(ti, {literal(each)})" for each in node.options[0])
    return Decision(
        function=scope.functions[node.id],
        docs=f"Give what `{either.stage.id}` gave or, where that failed, `{either.stage.fallback}`.",
        options=_options(node, scope),
        arguments=_arguments(node, scope),
        shape=identifier("dict") if has_answer(either.stage) else _NOTHING,
        skips_if=Source(f'{first} == "skipped"') if looks else None,
        fails_if=Source(f'"success" not in ({first}, {second})') if looks else None,
        why=f"neither `{either.stage.id}` nor `{either.stage.fallback}` has succeeded",
        returns=Source(" or ".join(names)) if has_answer(either.stage) else None,
    )


def _inputs(node: Node, inputs: InputsOf, scope: Scope) -> Decision:
    return Decision(
        function=scope.functions[node.id],
        docs=f"Let the run fail where what `{inputs.stage.id}` takes fails, also if it need not stand in.",
        options=_options(node, scope),
        arguments=(),
        shape=_NOTHING,
    )


def _all_items(node: Node, items: AllItemsOf, scope: Scope) -> Decision:
    outer = scope.nodes.outer(items.loop)[-1]
    outer_items = scope.nodes.expands_over(outer)
    return Decision(
        function=scope.functions[node.id],
        docs=f"Tell what `{items.loop.id}` is to run for, with each item of `{outer.id}`.",
        options=_options(node, scope),
        arguments=_arguments(node, scope),
        shape=identifier("list"),
        calls=(_end_like({outer_items: _OWN_INDEX}),),
        returns=_call(
            "nested_items",
            TI,
            literal(outer_items),
            literal(items_id(items.loop.id)),
            literal([str(scope.items[items.loop.id, each.name]) for each in items.loop.items]),
        ),
    )


def _entry(node: Node, entry: EntryOf, scope: Scope) -> Decision:
    loop = entry.loop
    outer = scope.nodes.outer(loop)
    return Decision(
        function=scope.functions[node.id],
        docs=f"End as `{items_id(loop.id)}` has ended for this item of `{outer[-1].id}`.",
        options=_options(node, scope),
        arguments=_arguments(node, scope),
        shape=_NOTHING,
        calls=(_end_like({items_id(loop.id): _map_index(node, len(outer), scope)}),),
    )


def _copy(node: Node, copy: CopyOf, scope: Scope) -> Decision:
    inner, around = scope.nodes.loops_of(node.id), scope.nodes.loops_of(copy.source)
    index = _map_index(node, len(around), scope)
    looked = {copy.source: index}
    if len(around) < len(inner):
        looked[items_id(copy.loop.id)] = _map_index(node, len(inner) - 1, scope)
    answers = gives(copy.source, scope.nodes)
    return Decision(
        function=scope.functions[node.id],
        docs=f"End as `{copy.source}` has ended for this item of `{around[-1].id}`"
        + (", and give what that gave." if answers else "."),
        options=_options(node, scope),
        arguments=_arguments(node, scope),
        shape=_shape(copy.source, scope),
        calls=(_end_like(looked),),
        returns=Source(f"ti.xcom_pull(task_ids={literal(copy.source)}, map_indexes={index})") if answers else None,
    )


def _collected(node: Node, collected: CollectedOf, scope: Scope) -> Decision:
    loop, outer = collected.loop, scope.nodes.outer(collected.loop)
    taken = scope.taken[node.id]
    at = Source("[ti.map_index]") if taken.at is None else taken.at
    return Decision(
        function=scope.functions[node.id],
        docs=f"Give what `{collected.source}` gave for each item of `{loop.id}`, for this item of `{outer[-1].id}`.",
        options=_options(node, scope),
        arguments=_arguments(node, scope),
        shape=identifier("list"),
        returns=_call(
            "collected_at", at, TI, *map(literal, (collected.source, scope.nodes.expands_over(loop), items_id(loop.id)))
        ),
    )


def _end(node: Node, end: EndOf, scope: Scope) -> Decision:
    return Decision(
        function=scope.functions[node.id],
        docs=f"Let the run fail where `{end.source}` fails, also if no loop that needs it runs for any item.",
        options=_options(node, scope),
        arguments=(),
        shape=_NOTHING,
    )


def _last(node: Node, scope: Scope) -> Decision:
    return Decision(
        function=scope.functions[node.id],
        docs="Keep the run open until all has ended, and have no say in how it ends.",
        notes=_COUNTED_LATE,
        is_teardown=True,
        options=_options(node, scope),
        arguments=(),
        shape=_NOTHING,
    )


def _shape(source: str, scope: Scope) -> Source:
    """The type of what a copy returns."""
    if not gives(source, scope.nodes):
        return _NOTHING
    body = scope.nodes.by_id[source].body
    return identifier("list" if isinstance(body, CollectedOf) else "dict")


def _map_index(node: Node, depth: int, scope: Scope) -> Source:
    """The map index, for the item that a task is for, of tasks that have so many loops around them."""
    loops, at = scope.nodes.loops_of(node.id), scope.taken[node.id].at
    if depth == len(loops):
        return _OWN_INDEX
    if depth == 1:
        return Source(f"{at}[0]")
    return _call("map_index_at", Source(f"{at}[:{depth}]"), TI, literal(scope.nodes.expands_over(loops[depth - 1])))


def _end_like(tasks: Mapping[str, Source]) -> Source:
    """The call that ends a task as these have ended.

    Args:
        tasks: Map indexes by the ids of tasks.
    """
    entries = commas(Source(f"{literal(id)}: {index}") for id, index in tasks.items())
    return _call("end_like", TI, Source(f"{{{entries}}}"))


def _call(function: str, *arguments: Source) -> Source:
    return Source(f"{function}({commas(arguments)})")
