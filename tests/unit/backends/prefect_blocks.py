"""Blocks for the tests of the Prefect backend."""

from __future__ import annotations

from typing import Any

from portable_pipeline.ir import (
    Branch,
    Collected,
    Compare,
    Constant,
    FirstOf,
    ItemRef,
    Items,
    Loop,
    Operand,
    Predicate,
    ResultRef,
    Type,
    Value,
)
from portable_pipeline.ir.predicates import Comparison
from portable_pipeline.ir.types import INT


def operand(value: Value | object, type: Type = INT) -> Operand:
    return Operand(value=value if hasattr(value, "kind") else Constant(value=value), type=type)  # type: ignore[arg-type]


def compare(left: Value | object, operator: Comparison, right: Value | object, type: Type = INT) -> Compare:
    return Compare(left=operand(left, type), operator=operator, right=operand(right, type))


def when(id: str, predicate: Predicate | None = None, **rest: Any) -> Branch:
    """A branch that asks whether `score` is more than 3, if nothing else is given."""
    return Branch(id=id, predicate=predicate or compare(result("score"), ">", 3), **rest)


def otherwise(id: str, of: Branch) -> Branch:
    return of.model_copy(update={"id": id, "otherwise_of": of.id})


def loop(id: str, over: Value | object, **rest: Any) -> Loop:
    """A loop over one list, whose items are called `x`."""
    return Loop(id=id, items=(Items(name="x", value=operand(over).value, type=INT),), **rest)


def result(stage: str, field: str | None = None) -> ResultRef:
    return ResultRef(stage=stage, field=field)


def item(loop: str, field: str | None = None) -> ItemRef:
    return ItemRef(loop=loop, name="x", field=field)


def collected(of: ResultRef | Collected, *loops: str) -> ResultRef | Collected:
    """What is collected from loops, the innermost first."""
    for each in loops:
        of = Collected(loop=each, of=of)
    return of


def first_of(*stages: str) -> FirstOf:
    return FirstOf(options=tuple(map(result, stages)))
