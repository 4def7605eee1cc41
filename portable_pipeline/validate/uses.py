"""Every place of a pipeline where a value is used: arguments of stages, operands of predicates, lists of loops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portable_pipeline.diagnostics import Span
from portable_pipeline.ir import (
    ArtifactRef,
    Branch,
    Collected,
    FirstOf,
    Loop,
    Pipeline,
    ResultRef,
    Stage,
    Value,
)
from portable_pipeline.ir.control import values_of


@dataclass(frozen=True, slots=True)
class Use:
    """A value and who uses it.

    Args:
        by: Id of the stage or the block.
        block: The innermost block around the place: for a block that is decided, the one around it.
        stage: The stage, where it is one.
    """

    value: Value
    by: str
    block: str | None
    span: Span | None
    stage: Stage | None = None

    @property
    def where(self) -> str:
        """Who uses it, for a message."""
        return f"stage `{self.by}`" if self.stage is not None else f"what decides about `{self.by}`"


def uses(pipeline: Pipeline) -> Iterator[Use]:
    """All of them; what an `otherwise` shares with its `when` only once."""
    for stage in pipeline.stages:
        for given in stage.inputs:
            yield Use(given.value, stage.id, stage.block, given.span or stage.span, stage)
    yield from deciding(pipeline)


def deciding(pipeline: Pipeline) -> Iterator[Use]:
    """What decides about blocks."""
    for block in pipeline.blocks:
        if isinstance(block, Loop) or (isinstance(block, Branch) and block.otherwise_of is None):
            for value in values_of(block):
                yield Use(value, block.id, block.parent, block.span)


def made_by_stages(value: Value) -> tuple[ResultRef | ArtifactRef, ...]:
    """What of the value stages make."""
    match value:
        case ResultRef() | ArtifactRef():
            return (value,)
        case Collected():
            return made_by_stages(value.of)
        case FirstOf():
            return value.options
    return ()
