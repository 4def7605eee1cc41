"""`stage.map(...)`: a loop around one stage."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portable_pipeline.dsl.blocks import TracedLoop
from portable_pipeline.dsl.handles import Handle
from portable_pipeline.dsl.places import users_place
from portable_pipeline.dsl.trace import ItemValue, ParameterValue, Unusable, current_trace


@dataclass(frozen=True, slots=True)
class Each:
    """A list of which each call gets one item."""

    items: Any


def each(items: Any) -> Any:
    """In `stage.map(...)`: this argument gets one item in each call; several go through their lists in step.

    Args:
        items: A list: a constant, a parameter, a stage's result, or a field of either.

    >>> each([1, 2])
    Each(items=[1, 2])
    """
    return Each(items)


def mapped(
    stage: Callable[..., Any],
    parameters: tuple[str, ...],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    *,
    key: str | None,
    max_parallel: int | None,
) -> Any:
    """One call of the stage for each item.

    Raises:
        TypeError: If it stands outside a pipeline function.
    """
    trace = current_trace()
    name: str = getattr(stage, "__name__", "stage")
    if trace is None:
        raise TypeError(f"`{name}.map` stands only inside a pipeline function")
    place, outer = users_place(), trace.block
    positional = dict(enumerate(args))
    lists = {
        parameters[index] if index < len(parameters) else f"argument_{index + 1}": given.items
        for index, given in positional.items()
        if isinstance(given, Each)
    } | {argument: given.items for argument, given in kwargs.items() if isinstance(given, Each)}
    if not lists:
        trace.misuse("map", ParameterValue(""), name)
        unusable = Handle(Unusable(), trace)
        return stage(*(unusable for _ in args), **dict.fromkeys(kwargs, unusable))
    loop = TracedLoop(outer, lists, place, key, max_parallel, mapped=name)
    trace.blocks.append(loop)
    trace.block = loop

    def one(argument: str, given: Any) -> Any:
        return Handle(ItemValue(loop, argument), trace) if isinstance(given, Each) else given

    named = (*parameters, *(f"argument_{index + 1}" for index in range(len(parameters), len(args))))
    try:
        return stage(
            *(one(named[index], given) for index, given in positional.items()),
            **{argument: one(argument, given) for argument, given in kwargs.items()},
        )
    finally:
        trace.block = outer


def parameters_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """Names of the function's parameters, as far as Python knows them."""
    try:
        return tuple(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return ()
