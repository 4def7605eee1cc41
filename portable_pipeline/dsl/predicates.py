"""Predicates: what `when(...)` decides by. Comparing handles makes them; `&`, `|` and `~` combine them.

They are kept as they were written. Whether they make sense is judged by capture, which knows where they stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from portable_pipeline.dsl.places import Place, users_place
from portable_pipeline.dsl.trace import MisuseKind, ParameterValue, Unusable, current_trace

Symbol = Literal["==", "!=", "<", "<=", ">", ">=", "in"]


class Predicate:
    """Something that holds or not in each run."""

    __slots__ = ()

    def __and__(self, other: object) -> Combination:
        return Combination("all", (self, other), users_place())

    def __rand__(self, other: object) -> Combination:
        return Combination("all", (other, self), users_place())

    def __or__(self, other: object) -> Combination:
        return Combination("any", (self, other), users_place())

    def __ror__(self, other: object) -> Combination:
        return Combination("any", (other, self), users_place())

    def __invert__(self) -> Negation:
        return Negation(self, users_place())

    def __bool__(self) -> bool:
        """Recorded as a misuse: only a run knows."""
        trace = current_trace()
        if trace is None:
            raise TypeError("a predicate holds or not only in a run of the pipeline; it was used outside of it")
        kind: MisuseKind = "membership" if _asks_membership(users_place()) else "condition"
        trace.misuse(kind, Unusable() if _is_unusable(self) else ParameterValue(""), "predicate")
        return trace.first_time()


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Predicate):
    """Two values compared, each a handle or a constant.

    Args:
        place: Of the operator.
    """

    left: Any
    symbol: Symbol
    right: Any
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class Combination(Predicate):
    """`&` or `|` of what should be predicates, or handles of results that are true or false."""

    kind: Literal["all", "any"]
    items: tuple[Any, ...]
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class Negation(Predicate):
    """`~` of what should be a predicate, or the handle of a result that is true or false."""

    item: Any
    place: Place


def in_(value: Any, items: Any) -> Any:
    """The predicate that a value is among others: Python's own `in` cannot wait for a run.

    Args:
        value: A handle or a constant.
        items: A list of constants, or the handle of a list.

    >>> in_("a", ["a", "b"])
    Comparison(left='a', symbol='in', right=['a', 'b'], place=...)
    """
    return Comparison(value, "in", items, users_place())


def _asks_membership(place: Place) -> bool:
    """Whether the instruction is Python's `in`, which compares with one item after the other."""
    from dis import opmap

    return place.code.co_code[place.offset] == opmap["CONTAINS_OP"]


def _is_unusable(given: object) -> bool:
    """Whether what a misuse gave back is in it."""
    from portable_pipeline.dsl.handles import Handle, origin_of  # which imports this module

    match given:
        case Comparison():
            return _is_unusable(given.left) or _is_unusable(given.right)
        case Combination():
            return any(_is_unusable(each) for each in given.items)
        case Negation():
            return _is_unusable(given.item)
    return isinstance(given, Handle) and isinstance(origin_of(given), Unusable)
