"""PPC147-149, PPC214: what loops run over, and where their stages write."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.loop_addresses import SharedByItems
from portable_pipeline.diagnostics.catalog.loops import BadItemKey, NotAList, UnevenLists
from portable_pipeline.ir import (
    Choice,
    Constant,
    DictOf,
    ItemKey,
    Items,
    ListOf,
    Loop,
    Pipeline,
    Record,
    Scalar,
    Type,
)
from portable_pipeline.ir.control import loops_around
from portable_pipeline.ir.value_types import ValueTypes, artifacts_of, value_types
from portable_pipeline.validate.arguments import written
from portable_pipeline.validate.json_values import mismatch, shown
from portable_pipeline.validate.type_names import type_name


def bad_lists(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """What loops run over and is no list, or not as long as what they run over besides."""
    types = value_types(pipeline)
    for loop in pipeline.blocks:
        if not isinstance(loop, Loop):
            continue
        lengths: dict[int, None] = {}
        for each in loop.items:
            given = _not_a_list(each, types)
            if given is not None:
                yield NotAList(span=loop.span, value=written(each.value), given=given)
            elif isinstance(each.value, Constant) and isinstance(each.value.value, list):
                lengths[len(each.value.value)] = None
        if len(lengths) > 1:
            yield UnevenLists(span=loop.span, lengths=" and ".join(map(str, lengths)))


def _not_a_list(items: Items, types: ValueTypes) -> str | None:
    """What else it is."""
    if isinstance(items.value, Constant):
        value = items.value.value
        if not isinstance(value, list):
            return f"of type `{type(value).__name__}`"
        wrong = mismatch(value, ListOf(item=items.type))
        return f"a list of other things: {wrong.place}it {wrong.reason}" if wrong is not None else None
    if artifacts_of(items.value):
        return "an artifact"
    declared = types.of(items.value)
    if declared is None or isinstance(declared, ListOf) or declared == Scalar(name="any"):
        return None
    return f"of type `{type_name(declared)}`"


def bad_item_keys(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Keys that the items do not have, or that do not name them."""
    for loop in pipeline.blocks:
        if isinstance(loop, Loop) and loop.key is not None and loop.items:
            reason = _key_flaw(loop.items[0], loop.key)
            if reason is not None:
                yield BadItemKey(span=loop.span, key=loop.key, reason=reason)


def _key_flaw(items: Items, key: str) -> str | None:
    match items.type:
        case Record():
            field = next((each for each in items.type.fields if each.name == key), None)
            if field is None:
                return f"`{items.type.name}` has no such field"
            if not _names_something(field.type) or not field.required:
                return f"the field is `{type_name(field.type)}`"
        case DictOf():
            if not _names_something(items.type.value):
                return f"its values are `{type_name(items.type.value)}`"
        case Scalar(name="any"):
            pass
        case _:
            return f"they are of type `{type_name(items.type)}`"
    if not isinstance(items.value, Constant) or not isinstance(items.value.value, list):
        return None
    found = [each.get(key) if isinstance(each, dict) else None for each in items.value.value]
    return next((reason for each in found if (reason := _unfit(each))), None) or _repeated(found)


def _names_something(declared: Type) -> bool:
    if isinstance(declared, Choice):
        return not any(isinstance(value, bool) for value in declared.values)
    return isinstance(declared, Scalar) and declared.name in ("str", "int", "date", "any")


def _unfit(key: JsonValue) -> str | None:
    if key is None or isinstance(key, bool | float | list | dict):
        return f"one of them has {shown(key)}"
    if isinstance(key, str) and (not key or "/" in key or key in (".", "..")):
        return f"{shown(key)} is no name of a file"
    return None


def _repeated(keys: list[JsonValue]) -> str | None:
    texts = [str(each) for each in keys]
    twice = next((each for index, each in enumerate(texts) if each in texts[:index]), None)
    return f"`{twice}` is there twice" if twice is not None else None


def shared_by_items(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Outputs of stages in loops whose address is not one for each item."""
    blocks = {block.id: block for block in pipeline.blocks}
    for stage in pipeline.stages:
        loops = {loop.id for loop in loops_around(blocks, stage.block)}
        for output in stage.outputs:
            named = {part.loop for part in output.uri.parts if isinstance(part, ItemKey)}
            if named != loops:
                yield SharedByItems(
                    span=output.span or stage.span,
                    output=f"{stage.id}.{output.name}",
                    address=output.uri.template,
                )
