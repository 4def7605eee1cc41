"""The types that values have in every run."""

from __future__ import annotations

from collections.abc import Mapping

from portable_pipeline.ir.blocks import Loop
from portable_pipeline.ir.pipeline import Pipeline
from portable_pipeline.ir.types import DATE, DATETIME, ListOf, Record, Type
from portable_pipeline.ir.values import (
    ArtifactRef,
    Collected,
    FirstOf,
    ItemRef,
    ParameterRef,
    ResultRef,
    RunDate,
    RunTime,
    Value,
)


class ValueTypes:
    """What is known of a pipeline's values.

    Args:
        parameters: Types of its parameters, by name.
        results: Types of its stages' results, by id; None for those that return nothing.
        items: Types of the items of its loops, by the loop's id and the list's name.
    """

    def __init__(
        self,
        parameters: Mapping[str, Type],
        results: Mapping[str, Type | None],
        items: Mapping[tuple[str, str], Type],
    ) -> None:
        self._parameters = parameters
        self._results = results
        self._items = items

    def of(self, value: Value) -> Type | None:
        """The value's type; None where it is unknown, as for a constant, an artifact and what is not there."""
        match value:
            case ParameterRef():
                return self._parameters.get(value.name)
            case RunDate():
                return DATE
            case RunTime():
                return DATETIME
            case ResultRef():
                return _part(self._results.get(value.stage), value.field)
            case ItemRef():
                return _part(self._items.get((value.loop, value.name)), value.field)
            case Collected():
                item = self.of(value.of)
                return None if item is None else ListOf(item=item)
            case FirstOf():
                return self.of(value.options[0]) if value.options else None
        return None


def value_types(pipeline: Pipeline) -> ValueTypes:
    """The types of the pipeline's values."""
    loops = (block for block in pipeline.blocks if isinstance(block, Loop))
    return ValueTypes(
        {each.name: each.type for each in pipeline.parameters},
        {each.id: each.result for each in pipeline.stages},
        {(loop.id, each.name): each.type for loop in loops for each in loop.items},
    )


def artifacts_of(value: Value) -> tuple[ArtifactRef, ...]:
    """The artifacts that the value is or holds; none for a value that is none."""
    match value:
        case ArtifactRef():
            return (value,)
        case Collected():
            return artifacts_of(value.of)
        case FirstOf():
            return tuple(each for each in value.options if isinstance(each, ArtifactRef))
    return ()


def _part(whole: Type | None, field: str | None) -> Type | None:
    if field is None or whole is None:
        return whole
    fields = whole.fields if isinstance(whole, Record) else ()
    return next((each.type for each in fields if each.name == field), None)
