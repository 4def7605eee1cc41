"""Conditions on values (C5): comparisons, combined."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from portable_pipeline.ir.base import Node
from portable_pipeline.ir.types import Type
from portable_pipeline.ir.values import Value

Comparison = Literal["==", "!=", "<", "<=", ">", ">=", "in"]


class Operand(Node):
    """One side of a comparison; it is compared as a value of its type, as Python would."""

    value: Value
    type: Type


class Compare(Node):
    """Two operands compared."""

    kind: Literal["compare"] = "compare"
    left: Operand
    operator: Comparison
    right: Operand


class AllOf(Node):
    """Every item holds."""

    kind: Literal["all"] = "all"
    items: tuple[Predicate, ...]


class AnyOf(Node):
    """Some item holds."""

    kind: Literal["any"] = "any"
    items: tuple[Predicate, ...]


class Not(Node):
    """The item does not hold."""

    kind: Literal["not"] = "not"
    item: Predicate


Predicate = Annotated[Compare | AllOf | AnyOf | Not, Field(discriminator="kind")]

for _model in (AllOf, AnyOf, Not):
    _model.model_rebuild()
