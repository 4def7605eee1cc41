"""From what is given to `when(...)` to predicates of the IR."""

from __future__ import annotations

from typing import Any

from portable_pipeline.capture.constants import NotPortable
from portable_pipeline.capture.inferred import as_typed, is_listed
from portable_pipeline.capture.misuses import shown
from portable_pipeline.capture.references import Missing, References
from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.blocks import NotAPredicate
from portable_pipeline.diagnostics.catalog.calls import ConstantNotPortable
from portable_pipeline.dsl.handles import Handle, origin_of
from portable_pipeline.dsl.predicates import Combination, Comparison, Negation
from portable_pipeline.dsl.trace import Unusable
from portable_pipeline.ir import AllOf, AnyOf, Compare, Constant, ListOf, Not, Operand, OptionalOf, Predicate, Type
from portable_pipeline.ir.types import ANY, BOOL


class _Unreadable(Exception):
    """Something in the predicate is none; what, has been said."""


class PredicateReader:
    """Reads predicates and says what is wrong with them.

    Args:
        references: Where values come from.
        found: Where diagnostics go.
    """

    def __init__(self, references: References, found: list[Diagnostic]) -> None:
        self._references = references
        self._found = found

    def read(self, given: Any, span: Span | None) -> Predicate | None:
        """The predicate; None where it is none, which has been said then.

        Args:
            given: To `when`.
            span: Of the `when`.
        """
        try:
            return self._predicate(given, span)
        except _Unreadable:
            return None

    def _predicate(self, given: Any, span: Span | None) -> Predicate:
        match given:
            case Comparison():
                return self._comparison(given, span)
            case Negation():
                return Not(item=self._predicate(given.item, span))
            case Combination():
                # All of them are read, so that all that is wrong is said.
                items = [self.read(each, span) for each in given.items]
                if any(each is None for each in items):
                    raise _Unreadable
                read = tuple(each for each in items if each is not None)
                return _all_of(read) if given.kind == "all" else _any_of(read)
            case Handle():
                return self._truth(given, span)
        self._found.append(
            NotAPredicate(span=span, given=f"`{given!r}`", advice_on_it="compare a result or a parameter")
        )
        raise _Unreadable

    def _truth(self, given: Handle, span: Span | None) -> Compare:
        """A handle of what is true or false by itself."""
        operand = self._operand(given, None, span)
        if operand.type not in (BOOL, ANY):
            self._found.append(
                NotAPredicate(
                    span=span,
                    given=shown(origin_of(given)),
                    advice_on_it="compare it: `when(handle == ...)`; only a `bool` stands for itself",
                )
            )
            raise _Unreadable
        return Compare(left=operand, operator="==", right=Operand(value=Constant(value=True), type=BOOL))

    def _comparison(self, given: Comparison, span: Span | None) -> Compare:
        if not isinstance(given.left, Handle) and isinstance(given.right, Handle):
            right = self._operand(given.right, None, span)
            left = self._operand(given.left, _other_side(given, right.type, of_right=True), span)
        else:
            left = self._operand(given.left, None, span)
            right = self._operand(given.right, _other_side(given, left.type, of_right=False), span)
        return Compare(left=left, operator=given.symbol, right=right)

    def _operand(self, given: Any, declared: Type | None, span: Span | None) -> Operand:
        if isinstance(given, Handle):
            if isinstance(origin_of(given), Unusable):
                raise _Unreadable
            try:
                value = self._references.value_of(given, "value")
            except Missing as missing:
                self._found.extend(missing.diagnostics(span, "when(...)"))
                raise _Unreadable from None
            return Operand(value=value, type=self._references.types.of(value) or ANY)
        try:
            constant, found = as_typed(given, declared)
        except NotPortable as error:
            self._found.append(
                ConstantNotPortable(
                    span=span,
                    what=f"a constant{error.path} of `when`",
                    given=type(error.value).__name__,
                    declared="a constant that is JSON, a date, a datetime or a timedelta",
                )
            )
            raise _Unreadable from None
        return Operand(value=Constant(value=constant), type=found)


def _other_side(given: Comparison, known: Type, *, of_right: bool) -> Type | None:
    """The type that a constant most likely has, beside a side whose type is known."""
    if given.symbol != "in":
        # A constant is there: beside what may be None it is what that is otherwise.
        return known.item if isinstance(known, OptionalOf) else known
    if of_right:
        return known.item if isinstance(known, ListOf) else None
    return ListOf(item=known) if is_listed(given.right) else None


def _all_of(items: tuple[Predicate, ...]) -> AllOf:
    return AllOf(items=tuple(inner for each in items for inner in (each.items if isinstance(each, AllOf) else (each,))))


def _any_of(items: tuple[Predicate, ...]) -> AnyOf:
    return AnyOf(items=tuple(inner for each in items for inner in (each.items if isinstance(each, AnyOf) else (each,))))
