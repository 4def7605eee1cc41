"""What stages are given, once more: with each stage's own name as its result."""

from __future__ import annotations

from typing import Any

from portable_pipeline.ir import Collected, Constant, FirstOf, ResultRef, Value
from tests.property.control_flow_model import Model, Path, name


def given(model: Model, value: Value, path: Path) -> list[Any]:
    """The value as a stage at that path gets it, in a list; an empty list if what it comes from was skipped."""
    match value:
        case Constant():
            return [value.value]
        case ResultRef():
            path = path[: len(model.loops(model.stages[value.stage]))]
            either = (value.stage, model.stages[value.stage].fallback)
            return [name(each, path) for each in either if each and model.stage(each, path) == "success"]
        case FirstOf():
            return [found for option in value.options for found in given(model, option, path)][:1]
        case Collected():
            loop = next(block for block in model.pipeline.blocks if block.id == value.loop)
            depth = len(model.loops(model.stages[innermost(value).stage])) - levels(value)
            path = path[:depth]
            if model.loop(loop, path) != "success":  # type: ignore[arg-type]
                return []
            items = model.items(loop, path)  # type: ignore[arg-type]
            return [[found for item in items for found in given(model, value.of, item)]]
    raise AssertionError(value)


def innermost(value: Collected) -> ResultRef:
    of = value.of
    while isinstance(of, Collected):
        of = of.of
    assert isinstance(of, ResultRef)
    return of


def levels(value: Collected) -> int:
    return 1 + (levels(value.of) if isinstance(value.of, Collected) else 0)
