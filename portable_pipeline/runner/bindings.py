"""The values of a run: its parameters and moment, what stages have returned, what loops run over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from portable_pipeline.codegen.predicates import predicate_form
from portable_pipeline.instances import Path, instance_id
from portable_pipeline.ir import (
    ArtifactRef,
    Branch,
    Collected,
    Constant,
    FirstOf,
    ItemKey,
    ItemRef,
    Loop,
    ParameterRef,
    Pipeline,
    ResultRef,
    RunDate,
    Stage,
    Text,
    Uri,
    UriPart,
    Value,
)
from portable_pipeline.ir.control import loops_around
from portable_pipeline.runtime.items import item_key, loop_items
from portable_pipeline.runtime.predicates import holds


@dataclass(frozen=True, slots=True)
class Bindings:
    """A run's parameters and moment, the same for all of its stages and attempts.

    Args:
        parameters: JSON values by name, defaults included.
    """

    parameters: Mapping[str, JsonValue]
    moment: datetime


class RunValues:
    """What is known in a run by now; whoever asks knows that it is there.

    A path says for which item: the indices of the loops around, the outermost first.
    """

    def __init__(self, pipeline: Pipeline, bindings: Bindings) -> None:
        blocks = {block.id: block for block in pipeline.blocks}
        self._bindings = bindings
        self._loops = {block.id: block for block in pipeline.blocks if isinstance(block, Loop)}
        self._loop_depths = {loop.id: len(loops_around(blocks, loop.parent)) for loop in self._loops.values()}
        self._stage_depths = {stage.id: len(loops_around(blocks, stage.block)) for stage in pipeline.stages}
        self._stand_ins = {stage.id: stage.fallback for stage in pipeline.stages if stage.fallback is not None}
        self._results: dict[str, Mapping[str, JsonValue]] = {}
        self._items: dict[tuple[str, Path], list[dict[str, Any]]] = {}

    def put(self, stage: str, returned: Mapping[str, JsonValue]) -> None:
        """Note what the attempt of a stage, named with its indices, has returned."""
        self._results[stage] = returned

    def returned(self, stage: str) -> Mapping[str, JsonValue]:
        """What a stage, named with its indices, has returned; empty before it has."""
        return self._results.get(stage, {})

    def inputs(self, stage: Stage, path: Path) -> dict[str, JsonValue]:
        """JSON values and references of artifacts by parameter."""
        return {each.name: self._value(each.value, path) for each in stage.inputs}

    def outputs(self, stage: Stage, path: Path) -> dict[str, str]:
        """Addresses by parameter."""
        return {each.name: self._address(each.uri, path) for each in stage.outputs}

    def holds(self, branch: Branch, path: Path) -> bool:
        """Whether what is in the branch runs (C1, C2).

        Raises:
            InvalidValue: If Python cannot compare these values.
        """
        predicate = predicate_form(branch.predicate, lambda value: {"value": self._value(value, path)})
        return holds(predicate) is (branch.otherwise_of is None)

    def count(self, loop: Loop, path: Path) -> int:
        """How many items the loop has.

        Raises:
            InvalidValue: If what it runs over cannot be gone through, or its items not be told apart.
        """
        lists = {each.name: self._value(each.value, path) for each in loop.items}
        self._items[loop.id, path] = items = loop_items(lists, loop.key)
        return len(items)

    def _value(self, value: Value, path: Path) -> JsonValue:
        found = list(self._found(value, path))
        assert found, value
        return found[0]

    def _found(self, value: Value, path: Path) -> Iterator[JsonValue]:
        """The value; nothing if what it comes from has been skipped."""
        match value:
            case Constant():
                yield value.value
            case ParameterRef():
                yield self._bindings.parameters[value.name]
            case RunDate():
                yield self._bindings.moment.date().isoformat()
            case ResultRef() | ArtifactRef():
                yield from self._of_stage(value, path)
            case ItemRef():
                index = path[self._loop_depths[value.loop]]
                item = self._items_of(value.loop, path)[index][value.name]
                yield item if value.field is None else item.get(value.field)
            case Collected():
                yield from self._collected(value, path)
            case FirstOf():
                yield next(found for option in value.options for found in self._found(option, path))
            case _:
                yield self._bindings.moment.isoformat()

    def _of_stage(self, value: ResultRef | ArtifactRef, path: Path) -> Iterator[JsonValue]:
        path = path[: self._stage_depths[value.stage]]
        # Of a primary and its stand-in at most one has returned something.
        for stage in (value.stage, self._stand_ins.get(value.stage)):
            returned = None if stage is None else self._results.get(instance_id(stage, path))
            if returned is not None:
                name = value.output if isinstance(value, ArtifactRef) else value.field
                yield returned.get("result" if name is None else name)
                return

    def _collected(self, value: Collected, path: Path) -> Iterator[JsonValue]:
        around = path[: self._loop_depths[value.loop]]
        if (value.loop, around) in self._items:
            indices = range(len(self._items_of(value.loop, around)))
            yield [found for index in indices for found in self._found(value.of, (*around, index))]

    def _items_of(self, loop: str, path: Path) -> list[dict[str, Any]]:
        return self._items[loop, path[: self._loop_depths[loop]]]

    def _address(self, uri: Uri, path: Path) -> str:
        return "".join(self._part(part, path) for part in uri.parts)

    def _part(self, part: UriPart, path: Path) -> str:
        match part:
            case Text():
                return part.text
            case ItemKey():
                index = path[self._loop_depths[part.loop]]
                return item_key(self._items_of(part.loop, path)[index], index, self._loops[part.loop].key)
            case _:
                return str(self._value(part, path))
