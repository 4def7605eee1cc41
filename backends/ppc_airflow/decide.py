"""The tasks that decide about stages: gates, items of loops, and what stands between a stage and its stand-in."""

from __future__ import annotations

from collections.abc import Iterator

from portable_pipeline.codegen.calls import Keyword, given
from portable_pipeline.codegen.literals import Source, commas, identifier, literal
from portable_pipeline.ir import ParameterRef, RunDate, RunTime
from ppc_airflow.conditions import condition
from ppc_airflow.nodes import EitherOf, FailedOf, Gate, InputsOf, ItemsOf, Node, TurnOf
from ppc_airflow.plan import Decision
from ppc_airflow.rules import Rule
from ppc_airflow.scope import TI, Scope, collects, has_answer, values_in

_NOTHING = Source("None")


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
    raise ValueError(f"{node.id} is a stage")


def trigger_rule(rule: Rule) -> Iterator[Keyword]:
    """The decorator's argument; nothing where Airflow's default does."""
    if rule.trigger is not None:
        yield given("trigger_rule", Source(f"TriggerRule.{rule.trigger}"))


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
    if scope.rules[node.id].looks or isinstance(node.body, FailedOf | TurnOf) or collects(node):
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
        why=f"`{holds}` " + ("holds" if other else "does not hold"),
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
        options=(*_options(node, scope), given("mode", "reschedule")),
        arguments=_arguments(node, scope),
        shape=identifier("bool"),
        look=(),
        returns=Source(f"has_turn(ti, {commas(map(literal, turn.stages))}, at_once={most})"),
    )


def _failed(node: Node, failed: FailedOf, scope: Scope) -> Decision:
    return Decision(
        function=scope.functions[node.id],
        docs=f"Let `{failed.stage.fallback}` stand in for `{failed.stage.id}`, if that has failed itself.",
        options=_options(node, scope),
        arguments=_arguments(node, scope),
        shape=_NOTHING,
        look=(),
        fails_if=Source(f'state_of(ti, {literal(failed.stage.id)}) != "failed"'),
        why=f"`{failed.stage.id}` has not started",
    )


def _either(node: Node, either: EitherOf, scope: Scope) -> Decision:
    names = [each.name for each in scope.taken[node.id].arguments]
    return Decision(
        function=scope.functions[node.id],
        docs=f"Give what `{either.stage.id}` gave or, where that failed, `{either.stage.fallback}`.",
        options=_options(node, scope),
        arguments=_arguments(node, scope),
        shape=identifier("dict") if has_answer(either.stage) else _NOTHING,
        look=(),
        returns=Source(" or ".join(names)) if has_answer(either.stage) else None,
    )


def _inputs(node: Node, inputs: InputsOf, scope: Scope) -> Decision:
    return Decision(
        function=scope.functions[node.id],
        docs=f"Let the run fail where what `{inputs.stage.id}` takes fails, also if it need not stand in.",
        options=_options(node, scope),
        arguments=(),
        shape=_NOTHING,
        look=(),
    )
