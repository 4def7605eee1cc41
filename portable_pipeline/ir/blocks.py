"""What stages stand in: branches, loops, groups. A block names the one around it; a stage the innermost."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from portable_pipeline.diagnostics.span import Span
from portable_pipeline.ir.base import Node
from portable_pipeline.ir.predicates import Predicate
from portable_pipeline.ir.types import Type
from portable_pipeline.ir.values import Value


class Branch(Node):
    """Stages that run only if a predicate holds (C1).

    Args:
        parent: Id of the block around it.
        otherwise_of: For `otherwise()`: id of the branch whose predicate must not hold (C2); `predicate` is that
            branch's own.
    """

    kind: Literal["branch"] = "branch"
    id: str
    parent: str | None = None
    predicate: Predicate
    otherwise_of: str | None = None
    span: Span | None = None


class Items(Node):
    """What a loop runs over, under the name by which its stages ask for the current one.

    Args:
        value: A list: a constant, a parameter or a stage's result.
        type: Of one item.
    """

    name: str
    value: Value
    type: Type


class Loop(Node):
    """Stages that run once for each item (M1).

    Args:
        items: One or more lists, gone through in step; they must be of one length.
        key: Name of a field of the first list's items that names each in addresses; None for the index.
        max_parallel: How many items may run at once (M5).
    """

    kind: Literal["loop"] = "loop"
    id: str
    parent: str | None = None
    items: tuple[Items, ...]
    key: str | None = None
    max_parallel: int | None = None
    span: Span | None = None


class Group(Node):
    """Stages that are shown together; it means nothing else."""

    kind: Literal["group"] = "group"
    id: str
    parent: str | None = None
    name: str
    span: Span | None = None


Block = Annotated[Branch | Loop | Group, Field(discriminator="kind")]
