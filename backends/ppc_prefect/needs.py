"""What a task's function needs: its parameters, where the flow takes them from, and when it is skipped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from portable_pipeline.codegen.calls import Argument
from portable_pipeline.codegen.literals import Source, commas, identifier, literal
from portable_pipeline.ir import (
    Branch,
    Constant,
    FirstOf,
    ItemKey,
    ItemRef,
    Items,
    Loop,
    ParameterRef,
    RunDate,
    RunTime,
    Stage,
    UriPart,
    Value,
)
from portable_pipeline.ir.control import values_of
from portable_pipeline.ir.graph import used_parameters
from ppc_prefect.conditions import expression, shown, value_text
from ppc_prefect.parameters import annotation
from ppc_prefect.plan import Gate
from ppc_prefect.scope import Scope, Upstream, upstreams_of, waited_for
from ppc_prefect.values import value_source

#: A parameter of a function, and what it is given.
Need = tuple[Argument, Source]


def needs_of_stage(stage: Stage, scope: Scope) -> Iterator[Need]:
    """What the function of a stage's task needs."""
    parts = [part for output in stage.outputs for part in output.uri.parts]
    values = [each.value for each in stage.inputs]
    if scope.control.loops_of(stage.block):
        yield Argument(scope.instance, Source("str")), scope.instance
    yield from _plain_needs(values, parts, used_parameters(stage), moments_of_stage(stage), scope)
    yield from _answers(values, stage.block, scope)
    taken = {each for value in values for each in upstreams_of(value)}
    for each in waited_for(stage, scope.control):
        if each not in taken and _is_skippable(each, scope):
            yield Argument(scope.answer(each), _annotation(each, skippable=True)), scope.future(each)
    if stage.stands_in_for is not None:
        given = Source(f"{scope.helpers['allow_failure']}({scope.futures[stage.stands_in_for, None]})")
        yield Argument(scope.tasks[stage.stands_in_for], Source("dict[str, Any] | Exception | None")), given
    yield from _guard_needs(stage.block, scope)


def only_waited_for(stage: Stage, scope: Scope) -> tuple[Source, ...]:
    """The futures that a stage waits for and takes nothing from."""
    taken = {each for given in stage.inputs for each in upstreams_of(given.value)}
    waited = [each for each in waited_for(stage, scope.control) if not _is_skippable(each, scope)]
    if stage.stands_in_for is not None:
        waited += _upstreams(scope.control.stages[stage.stands_in_for], scope)
    return tuple(scope.future(each) for each in dict.fromkeys(waited) if each not in taken)


def needed_by_primary(primary: Stage, scope: Scope) -> tuple[Source, ...]:
    """What stands between a stage and its start: `allow_failure` alone lets those pass who wait for it in vain."""
    guard = scope.control.guard(primary.block)
    gates = () if guard is None else (scope.block_futures[guard.branch],)
    return (*(scope.future(each) for each in dict.fromkeys(_upstreams(primary, scope))), *gates)


def _upstreams(stage: Stage, scope: Scope) -> list[Upstream]:
    taken = [each for given in stage.inputs for each in upstreams_of(given.value)]
    return [*taken, *waited_for(stage, scope.control)]


def skip_of_stage(stage: Stage, scope: Scope) -> Source | None:
    """When a stage is skipped; None where it never is."""
    after = [each for each in waited_for(stage, scope.control) if _is_skippable(each, scope)]
    parts = _missing([given.value for given in stage.inputs], stage.block, after, scope)
    if stage.stands_in_for is not None:
        parts.append(Source(f"not isinstance({scope.tasks[stage.stands_in_for]}, Exception)"))
    return _any_of([*_guard_parts(stage.block, scope), *parts])


def needs_of_block(block: Branch | Loop, scope: Scope) -> Iterator[Need]:
    """What the function of a gate's or a loop's task needs; a loop sees the flow's own names."""
    values = values_of(block)
    if isinstance(block, Branch):
        used = dict.fromkeys(each.name for each in values if isinstance(each, ParameterRef))
        yield from _plain_needs(values, (), tuple(used), moments(values), scope)
    yield from _answers(values, block.parent, scope)
    yield from _guard_needs(block.parent, scope)


def skip_of_block(block: Branch | Loop, scope: Scope) -> Source | None:
    """When a gate or a loop is skipped; None where it never is."""
    return _any_of([*_guard_parts(block.parent, scope), *_missing(values_of(block), block.parent, [], scope)])


def gate(branch: Branch, scope: Scope) -> Gate:
    """A predicate as a task."""
    return Gate(
        name=gate_name(branch),
        function=scope.blocks[branch.id],
        arguments=tuple(argument for argument, _ in needs_of_block(branch, scope)),
        skip_if=skip_of_block(branch, scope),
        expression=expression(branch.predicate, lambda value: value_source(value, scope), scope.helpers["typed"]),
    )


def gate_name(branch: Branch) -> str:
    """What the task is called: no stage's id has a space in it."""
    return f"{branch.id}: {shown(branch.predicate)}"


def loop_name(loop: Loop) -> str:
    """What the loop's task is called."""
    return f"{loop.id}: {', '.join(map(_list_text, loop.items))}"


def _list_text(items: Items) -> str:
    if isinstance(items.value, Constant) and isinstance(items.value.value, list | tuple):
        count = len(items.value.value)
        return "1 item" if count == 1 else f"{count} items"
    return value_text(items.value)


def moments(values: Iterable[Value | UriPart]) -> tuple[str, ...]:
    """Which of `run_date` and `run_time` is needed; addresses have dates only."""
    found = tuple(values)
    dates = any(isinstance(each, RunDate) for each in found)
    times = any(isinstance(each, RunTime) for each in found)
    return (*(["run_date"] if dates else []), *(["run_time"] if times else []))


def moments_of_stage(stage: Stage) -> tuple[str, ...]:
    """Which of these a stage needs."""
    parts = [part for output in stage.outputs for part in output.uri.parts]
    return moments([*(each.value for each in stage.inputs), *parts])


def _plain_needs(
    values: Iterable[Value], parts: Iterable[UriPart], used: tuple[str, ...], at: tuple[str, ...], scope: Scope
) -> Iterator[Need]:
    """Parameters, the run's date, and the item."""
    for each in scope.pipeline.parameters:
        if each.name in used:
            name = identifier(each.name)
            yield Argument(name, annotation(each.type, scope.records, strict=False)), name
    for moment in at:
        yield Argument(identifier(moment), Source("date" if moment == "run_date" else "datetime")), identifier(moment)
    for loop, listed in dict.fromkeys((each.loop, each.name) for each in values if isinstance(each, ItemRef)):
        given = Source(f"{scope.items[loop]}[{literal(listed)}]")
        yield Argument(scope.values[loop, listed], Source("Any")), given
    for loop in dict.fromkeys(each.loop for each in parts if isinstance(each, ItemKey)):
        yield Argument(scope.item_keys[loop], Source("str")), scope.item_keys[loop]


def _answers(values: Iterable[Value], block: str | None, scope: Scope) -> Iterator[Need]:
    for each in dict.fromkeys(each for value in values for each in upstreams_of(value)):
        yield Argument(scope.answer(each), _annotation(each, skippable=_is_skippable(each, scope))), scope.future(each)


def _annotation(upstream: Upstream, *, skippable: bool) -> Source:
    answer = "dict[str, Any]" if upstream[1] is None else "list[Any]"
    return Source(f"{answer} | None" if skippable else answer)


def _is_skippable(upstream: Upstream, scope: Scope) -> bool:
    stage, loop = upstream
    if loop is None:
        return scope.control.stage_can_be_skipped(stage)
    return scope.control.block_can_be_skipped(scope.control.blocks[loop])


def _guard_needs(block: str | None, scope: Scope) -> Iterator[Need]:
    guard = scope.control.guard(block)
    if guard is not None:
        name = scope.blocks[guard.branch]
        outer = scope.control.blocks[guard.branch]
        skippable = scope.control.block_can_be_skipped(outer)
        yield Argument(name, Source("bool | None" if skippable else "bool")), scope.block_futures[guard.branch]


def _guard_parts(block: str | None, scope: Scope) -> list[Source]:
    guard = scope.control.guard(block)
    if guard is None:
        return []
    name = scope.blocks[guard.branch]
    if guard.holds:
        return [Source(f"not {name}")]
    skippable = scope.control.block_can_be_skipped(scope.control.blocks[guard.branch])
    return [Source(f"{name} is not False") if skippable else name]


def _missing(values: Iterable[Value], block: str | None, after: list[Upstream], scope: Scope) -> list[Source]:
    """Conditions under which something that is needed has been skipped."""
    found = tuple(values)
    needed = dict.fromkeys(each for value in found if not isinstance(value, FirstOf) for each in upstreams_of(value))
    names = [scope.answer(each) for each in dict.fromkeys((*needed, *after)) if _is_skippable(each, scope)]
    parts = [Source(f"{names[0]} is None" if len(names) == 1 else f"None in ({commas(names)})")] if names else []
    for value in found:
        if isinstance(value, FirstOf) and scope.control.value_can_be_missing(value, block):
            options = dict.fromkeys(scope.tasks[each.stage] for each in value.options)
            parts.append(Source(" is None and ".join(options) + " is None"))
    return parts


def _any_of(parts: list[Source]) -> Source | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    return Source(" or ".join(f"({part})" if " and " in part else part for part in parts))
