"""Predicates of the IR in the form that `stage_runtime.holds` takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portable_pipeline.ir import (
    AllOf,
    AnyOf,
    Compare,
    DictOf,
    ListOf,
    Not,
    Operand,
    OptionalOf,
    Predicate,
    Record,
    Scalar,
    Type,
    Value,
)


def predicate_form(predicate: Predicate, source: Callable[[Value], dict[str, Any]]) -> list[Any]:
    """The predicate as JSON.

    Args:
        source: Where an operand's value comes from: `{"value": JSON}` or `{"name": ...}`.
    """
    match predicate:
        case Compare():
            return [_operand(predicate.left, source), predicate.operator, _operand(predicate.right, source)]
        case AllOf() | AnyOf():
            word = "all" if isinstance(predicate, AllOf) else "any"
            return [word, *(predicate_form(each, source) for each in predicate.items)]
        case Not():
            return ["not", predicate_form(predicate.item, source)]


def type_form(type: Type) -> Any:
    """The type as JSON; None where values are compared as the JSON that they are."""
    match type:
        case Scalar():
            return type.name if type.name in ("date", "datetime", "timedelta") else None
        case ListOf():
            return _around("list", type.item)
        case DictOf():
            return _around("dict", type.value)
        case OptionalOf():
            return _around("optional", type.item)
        case Record():
            forms = {each.name: type_form(each.type) for each in type.fields}
            return {name: form for name, form in forms.items() if form is not None} or None
    return None


def _around(word: str, inner: Type) -> list[Any] | None:
    form = type_form(inner)
    return None if form is None else [word, form]


def _operand(operand: Operand, source: Callable[[Value], dict[str, Any]]) -> dict[str, Any]:
    form = type_form(operand.type)
    return {**source(operand.value), **({} if form is None else {"type": form})}
