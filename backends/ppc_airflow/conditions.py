"""Predicates as Python expressions."""

from __future__ import annotations

from collections.abc import Callable

from portable_pipeline.codegen.literals import Source, literal
from portable_pipeline.codegen.predicates import type_form
from portable_pipeline.ir import (
    AllOf,
    AnyOf,
    Compare,
    Constant,
    Not,
    Operand,
    Predicate,
    RunDate,
    RunTime,
    Scalar,
    Value,
)

Expression = Callable[[Value], Source]


def condition(predicate: Predicate, expression: Expression) -> Source:
    """The expression that is true if the predicate holds.

    Args:
        expression: For a value, as JSON; the run's date and time are what they are.
    """
    if isinstance(predicate, Compare):
        if _is_truth(predicate):
            return expression(predicate.left.value)
        left, right = (_operand(each, expression) for each in (predicate.left, predicate.right))
        return Source(f"{left} {predicate.operator} {right}")
    if isinstance(predicate, Not):
        return Source(f"not {_part(predicate.item, expression)}")
    if not predicate.items:
        return literal(isinstance(predicate, AllOf))
    return Source((" and " if isinstance(predicate, AllOf) else " or ").join(_parts(predicate, expression)))


def _is_truth(predicate: Compare) -> bool:
    """Whether it asks if something that is true or false is true."""
    right = predicate.right.value
    asked = predicate.operator == "==" and isinstance(right, Constant) and right.value is True
    return asked and isinstance(predicate.left.type, Scalar) and predicate.left.type.name == "bool"


def _parts(predicate: AllOf | AnyOf, expression: Expression) -> list[Source]:
    return [_part(each, expression) for each in predicate.items]


def _part(predicate: Predicate, expression: Expression) -> Source:
    written = condition(predicate, expression)
    return written if isinstance(predicate, Compare) else Source(f"({written})")


def _operand(operand: Operand, expression: Expression) -> Source:
    written = expression(operand.value)
    form = type_form(operand.type)
    if form is None or isinstance(operand.value, RunDate | RunTime):
        return written
    return Source(f"typed({written}, {literal(form)})")
