"""Predicates (C5) as Python: an expression that a gate's task returns, and a text that names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portable_pipeline.codegen.literals import Source, literal
from portable_pipeline.ir import (
    AllOf,
    ArtifactRef,
    Collected,
    Compare,
    Constant,
    DictOf,
    FirstOf,
    ItemRef,
    ListOf,
    Not,
    Operand,
    OptionalOf,
    ParameterRef,
    Predicate,
    Record,
    ResultRef,
    Scalar,
    Type,
    Value,
)
from portable_pipeline.ir.types import BOOL

_SHOWN_CHARACTERS = 80
_NOT_JSON = ("date", "datetime", "timedelta")


def expression(predicate: Predicate, value: Callable[[Value], Source], typed: Source) -> Source:
    """The predicate as Python.

    Args:
        value: The expression for a value, as JSON where it comes from a stage.
        typed: The name of the runtime's function that turns JSON into what it stands for.
    """
    if isinstance(predicate, Compare):
        if (truth := _truth(predicate)) is not None:
            operand, holds = truth
            return Source(f"{'' if holds else 'not '}{value(operand.value)}")
        left, right = (_operand(each, value, typed) for each in (predicate.left, predicate.right))
        return Source(f"{left} {predicate.operator} {right}")
    if isinstance(predicate, Not):
        return Source(f"not ({expression(predicate.item, value, typed)})")
    word = " and " if isinstance(predicate, AllOf) else " or "
    items = (_inside(each, expression(each, value, typed)) for each in predicate.items)
    return Source(word.join(items))


def shown(predicate: Predicate) -> str:
    """The predicate as its author would read it, on one line."""
    return _short(_text(predicate))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 3]}..."


def uses_typed(predicate: Predicate) -> bool:
    """Whether its expression needs the runtime's `typed`."""
    if isinstance(predicate, Compare):
        return any(_kind_of(each) is not None for each in (predicate.left, predicate.right))
    return any(map(uses_typed, (predicate.item,) if isinstance(predicate, Not) else predicate.items))


def _truth(compare: Compare) -> tuple[Operand, bool] | None:
    """Of a bool that is compared with True or False: the bool, and what it must be; nobody writes `flag == True`."""
    for one, other in ((compare.left, compare.right), (compare.right, compare.left)):
        if one.type == BOOL and isinstance(other.value, Constant) and isinstance(other.value.value, bool):
            wanted = other.value.value
            return {"==": (one, wanted), "!=": (one, not wanted)}.get(compare.operator)
    return None


def _inside(predicate: Predicate, written: Source) -> str:
    return written if isinstance(predicate, Compare | Not) else f"({written})"


def _operand(operand: Operand, value: Callable[[Value], Source], typed: Source) -> Source:
    kind = _kind_of(operand)
    found = value(operand.value)
    return found if kind is None else Source(f"{typed}({found}, {literal(kind)})")


def _kind_of(operand: Operand) -> Any:
    """How the runtime names what the JSON of an operand stands for; None where the JSON is the value."""
    # Prefect has made parameters what they are declared as; the moments of the run are no JSON either.
    is_json = isinstance(operand.value, Constant | ResultRef | ArtifactRef | ItemRef | Collected | FirstOf)
    return _kind(operand.type) if is_json else None


def _kind(declared: Type) -> Any:
    if isinstance(declared, Scalar):
        return declared.name if declared.name in _NOT_JSON else None
    if isinstance(declared, Record):
        fields = {field.name: _kind(field.type) for field in declared.fields}
        return {name: kind for name, kind in fields.items() if kind is not None} or None
    if isinstance(declared, ListOf | OptionalOf | DictOf):
        form = "list" if isinstance(declared, ListOf) else "dict" if isinstance(declared, DictOf) else "optional"
        kind = _kind(declared.value if isinstance(declared, DictOf) else declared.item)
        return None if kind is None else [form, kind]
    return None


def _text(predicate: Predicate) -> str:
    if isinstance(predicate, Compare):
        if (truth := _truth(predicate)) is not None:
            return f"{'' if truth[1] else 'not '}{value_text(truth[0].value)}"
        return f"{value_text(predicate.left.value)} {predicate.operator} {value_text(predicate.right.value)}"
    if isinstance(predicate, Not):
        return f"not ({_text(predicate.item)})"
    word = " and " if isinstance(predicate, AllOf) else " or "
    return word.join(_text(each) if isinstance(each, Compare) else f"({_text(each)})" for each in predicate.items)


def value_text(value: Value) -> str:
    """A value as its author would read it."""
    match value:
        case Constant():
            return _short(repr(value.value))
        case ParameterRef():
            return value.name
        case ResultRef():
            return value.stage if value.field is None else f"{value.stage}.{value.field}"
        case ItemRef():
            return value.name if value.field is None else f"{value.name}.{value.field}"
        case FirstOf():
            return f"first_of({', '.join(map(value_text, value.options))})"
        case Collected():
            return f"collect({value_text(value.of)})"
        case ArtifactRef():
            return f"{value.stage}.{value.output}"
    return "run.date" if value.kind == "run_date" else "run.time"
