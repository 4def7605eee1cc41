"""Which values may be compared, and how: C5, seen before any run."""

from __future__ import annotations

from portable_pipeline.diagnostics.suggest import did_you_mean
from portable_pipeline.ir import (
    Choice,
    Compare,
    Constant,
    DictOf,
    ListOf,
    Operand,
    OptionalOf,
    Record,
    RunTime,
    Scalar,
    Type,
)
from portable_pipeline.validate.json_values import mismatch, non_finite
from portable_pipeline.validate.type_names import type_name

_ORDERED = frozenset({"int", "float", "str", "date", "datetime", "timedelta"})
_NUMBERS = frozenset({"int", "float"})


def incomparable(comparison: Compare) -> str | None:
    """Why the comparison makes no sense; None where it does."""
    left, right = comparison.left, comparison.right
    for side in (left, right):
        if isinstance(side.value, Constant) and non_finite(side.value.value) is None:
            wrong = mismatch(side.value.value, side.type)
            if wrong is not None:
                return f"{wrong.place}the constant {wrong.reason}"
    if comparison.operator == "in":
        return _not_among(left, right)
    if comparison.operator in ("==", "!="):
        return _never_equal(left, right)
    return _no_order(left.type, right.type) or _zoneless(left, right) or _zoneless(right, left)


def _not_among(left: Operand, right: Operand) -> str | None:
    listed = right.type
    if _is_any(listed):
        return None
    if not isinstance(listed, ListOf):
        return f"`{type_name(listed)}` is no list"
    values = right.value.value if isinstance(right.value, Constant) else None
    if values == []:
        return "nothing is in an empty list"
    if isinstance(values, list):
        # Each constant by itself: a text that the other side cannot be is a slip of the pen.
        reasons = (_never_equal(left, Operand(value=Constant(value=each), type=listed.item)) for each in values)
        return next((each for each in reasons if each is not None), None)
    return _types_differ(left.type, listed.item)


def _never_equal(left: Operand, right: Operand) -> str | None:
    for one, other in ((left, right), (right, left)):
        choice = one.type.item if isinstance(one.type, OptionalOf) else one.type
        if isinstance(choice, Choice) and isinstance(other.value, Constant):
            value = other.value.value
            if any(value == each and type(value) is type(each) for each in choice.values):
                return None
            if value is None and isinstance(one.type, OptionalOf):
                return None
            known = [each for each in choice.values if isinstance(each, str)]
            hint = f"; {did_you_mean(value, known)}" if isinstance(value, str) and known else ""
            return f"it is never that{hint}"
    return _types_differ(left.type, right.type) or _zoneless(left, right) or _zoneless(right, left)


def _types_differ(left: Type, right: Type) -> str | None:
    one, other = _without_none(left), _without_none(right)
    if _is_any(one) or _is_any(other):
        return None
    if _is_none(one) or _is_none(other):
        can_be = isinstance(left, OptionalOf) or isinstance(right, OptionalOf) or (_is_none(one) and _is_none(other))
        return None if can_be else "it is never None"
    if isinstance(one, Record) or isinstance(other, Record):
        return "records are compared by their fields"
    if isinstance(one, ListOf) and isinstance(other, ListOf):
        return _types_differ(one.item, other.item)
    if isinstance(one, DictOf) and isinstance(other, DictOf):
        return _types_differ(one.value, other.value)
    kinds, other_kinds = _kinds(one), _kinds(other)
    same = kinds & other_kinds or (kinds <= _NUMBERS and other_kinds <= _NUMBERS and kinds and other_kinds)
    return None if same else "they are never equal"


def _no_order(left: Type, right: Type) -> str | None:
    for each in (left, right):
        if isinstance(each, OptionalOf) or _is_none(each):
            return f"`{type_name(each)}` can be None, which has no order"
    if _is_any(left) or _is_any(right):
        return None
    kinds, other_kinds = _kinds(left), _kinds(right)
    for declared, found in ((left, kinds), (right, other_kinds)):
        if not found or not found <= _ORDERED:
            return f"`{type_name(declared)}` has no order"
    same = len(kinds | other_kinds) == 1 or kinds | other_kinds <= _NUMBERS
    return None if same else "there is no order between them"


def _zoneless(one: Operand, other: Operand) -> str | None:
    if not isinstance(one.value, RunTime) or not isinstance(other.value, Constant):
        return None
    text = other.value.value
    has_zone = isinstance(text, str) and ("+" in text or text.endswith(("Z", "z")) or text.count("-") > 2)
    return None if has_zone or not isinstance(text, str) else "`run.time` has a time zone, the constant has none"


def _kinds(declared: Type) -> frozenset[str]:
    match declared:
        case Scalar():
            return frozenset({declared.name})
        case Choice():
            return frozenset(type(value).__name__ for value in declared.values)
        case ListOf():
            return frozenset({"list"})
        case DictOf():
            return frozenset({"dict"})
    return frozenset()


def _without_none(declared: Type) -> Type:
    return declared.item if isinstance(declared, OptionalOf) else declared


def _is_any(declared: Type) -> bool:
    return isinstance(declared, Scalar) and declared.name == "any"


def _is_none(declared: Type) -> bool:
    return isinstance(declared, Scalar) and declared.name == "none"
