"""Loops: a component prepares the items, each as the texts that the stages of the loop take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from portable_pipeline.codegen.calls import Argument, FreeNames, Keyword
from portable_pipeline.codegen.literals import Source, commas, identifier, literal
from portable_pipeline.ir import ItemKey, ItemRef, Loop, ParameterRef, Pipeline, Type, Value
from portable_pipeline.ir.control import values_of
from portable_pipeline.ir.types import ListOf
from ppc_kfp.failing import loops as around
from ppc_kfp.names import CARRIED_NAMES
from ppc_kfp.plan import ItemsComponent
from ppc_kfp.wires import ANNOTATIONS, Wire, decoding, parameter_wire, wire

#: How tasks that prepare items are shown; no stage id has a space in it.
SHOWN_AS = "items of "
#: Functions of the runtime file that such a component carries.
ITEMS_CARRY = ("convert_scalar", "convert_value", "declared_by_value", "decode_value", "encode_result")
#: What an item of KFP's has as attributes itself.
_OF_KFP = frozenset(
    {
        *("channel_type", "default", "from_pipeline_channel", "from_raw_items", "full_name", "name", "pattern"),
        *("is_with_items_loop_argument", "items_or_pipeline_channel", "task", "task_name", "value"),
    }
)


@dataclass(frozen=True, slots=True)
class Position:
    """The index of the current item of a loop, which hooks are told."""

    loop: str


#: What stages use of an item: an item or a field of it, what names it in addresses, or its index.
Use = ItemRef | ItemKey | Position


def slots(pipeline: Pipeline, loop: Loop) -> Mapping[Use, Source]:
    """The key under which an item has each thing that is used of it."""
    names = FreeNames(_OF_KFP)
    found: dict[Use, Source] = {}
    for each in _uses(pipeline, loop):
        if each not in found:
            found[each] = names.take(_wanted(each))
    return found


def items_component(
    pipeline: Pipeline, loop: Loop, name: Source, source_wire: Callable[[Value], Wire | None]
) -> ItemsComponent:
    """The component that prepares the items.

    Args:
        name: Of the component's function.
        source_wire: How a value travels; None for a constant.
    """
    names = FreeNames({*CARRIED_NAMES, "dsl", "kfp", "index", "item", "items", "keys", "lists"})
    lists = {each.name: names.take(each.name) for each in loop.items}
    wires = {each.name: _list_wire(each.value, each.type, source_wire) for each in loop.items}
    any_list = [decoding(lists[each.name], ListOf(item=each.type), wires[each.name], _as_dict) for each in loop.items]
    return ItemsComponent(
        name=name,
        loop=loop.id,
        arguments=tuple(Argument(lists[each.name], ANNOTATIONS[wires[each.name]]) for each in loop.items),
        names=tuple(lists.values()),
        decoded=tuple(any_list),
        key=None if loop.key is None else literal(loop.key),
        fields=tuple(
            Keyword(key, _field(use, lists, keyed=loop.key is not None)) for use, key in slots(pipeline, loop).items()
        ),
    )


def items_arguments(
    loop: Loop, source: Callable[[Value, Wire], Source], source_wire: Callable[[Value], Wire | None]
) -> tuple[Keyword, ...]:
    """The arguments of its call.

    Args:
        source: The expression for a value in the pipeline's function.
        source_wire: How a value travels; None for a constant.
    """
    names = FreeNames({*CARRIED_NAMES, "dsl", "kfp", "index", "item", "items", "keys", "lists"})
    return tuple(
        Keyword(names.take(each.name), source(each.value, _list_wire(each.value, each.type, source_wire)))
        for each in loop.items
    )


def _list_wire(value: Value, item: Type, source_wire: Callable[[Value], Wire | None]) -> Wire:
    if isinstance(value, ParameterRef):
        return parameter_wire(ListOf(item=item))
    return source_wire(value) or wire(ListOf(item=item))


def _as_dict(_: object) -> Source:
    return Source("dict")


def _uses(pipeline: Pipeline, loop: Loop) -> Iterator[Use]:
    for stage in pipeline.stages:
        for value in (
            *(each.value for each in stage.inputs),
            *(part for out in stage.outputs for part in out.uri.parts),
        ):
            if isinstance(value, ItemRef | ItemKey) and value.loop == loop.id:
                yield value
        if stage.on_failure is not None and loop.id in around(pipeline, stage):
            yield Position(loop.id)
    for block in pipeline.blocks:
        for value in values_of(block):
            if isinstance(value, ItemRef) and value.loop == loop.id:
                yield value


def _wanted(use: Use) -> str:
    if isinstance(use, ItemKey | Position):
        return "key" if isinstance(use, ItemKey) else "index"
    return use.name if use.field is None else f"{use.name}_{use.field}"


def _field(use: Use, lists: Mapping[str, Source], *, keyed: bool) -> Source:
    if isinstance(use, Position):
        return Source("str(index)")
    if isinstance(use, ItemKey):
        return Source('encode_result(keys[index], "str", "key")' if keyed else "str(index)")
    name = lists[use.name]
    value = name if use.field is None else Source(f"{name}[{literal(use.field)}]")
    return Source(f"encode_result({commas((value, literal('any'), literal(_wanted(use))))})")


def shown(loop: Loop) -> str:
    """The name under which KFP shows the task."""
    return SHOWN_AS + str(identifier(loop.id))
