"""Values and addresses as expressions in a task's function."""

from __future__ import annotations

from portable_pipeline.codegen.calls import address
from portable_pipeline.codegen.literals import Source, identifier, literal
from portable_pipeline.ir import (
    ArtifactRef,
    Collected,
    Constant,
    FirstOf,
    ItemRef,
    ParameterRef,
    ResultRef,
    RunDate,
    RunTime,
    Uri,
    Value,
)
from ppc_prefect.scope import Scope

_RESULT = "result"


def value_source(value: Value, scope: Scope) -> Source:
    """The value, in a function whose parameters are what it needs."""
    match value:
        case Constant():
            return literal(value.value)
        case ParameterRef():
            return identifier(value.name)
        case RunDate():
            return Source("run_date")
        case RunTime():
            return Source("run_time")
        case ItemRef():
            name = scope.values[value.loop, value.name]
            return name if value.field is None else Source(f"{name}[{literal(value.field)}]")
        case FirstOf():
            return _first(value, scope)
        case Collected():
            return _collected(value, scope)
    return Source(f"{scope.tasks[value.stage]}[{_key(value)}]")


def _key(value: ResultRef | ArtifactRef) -> Source:
    return literal(value.output if isinstance(value, ArtifactRef) else value.field or _RESULT)


def _first(value: FirstOf, scope: Scope) -> Source:
    options = [(scope.tasks[each.stage], value_source(each, scope)) for each in value.options]
    others = (f"{found} if {answer} is not None else " for answer, found in options[:-1])
    return Source(f"{''.join(others)}{options[-1][1]}")


def _collected(value: Collected, scope: Scope) -> Source:
    levels, of = 1, value.of
    while isinstance(of, Collected):
        levels, of = levels + 1, of.of
    found = f"each[{_key(of)}]"
    names = [*(f"items_{level}" for level in range(1, levels)), "each"]
    lists = [scope.collected[of.stage, value.loop], *names[:-1]]
    for name, items in zip(reversed(names), reversed(lists), strict=True):
        found = f"[{found} for {name} in {items}]"
    return Source(found)


def uri_source(uri: Uri, scope: Scope) -> Source:
    """The address: a literal, or an f-string of what its function is given."""
    return address(uri, lambda part: value_source(part, scope), lambda key: scope.item_keys[key.loop])
