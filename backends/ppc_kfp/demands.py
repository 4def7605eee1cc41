"""What is asked of stages and how it travels to them: what decides about a component besides its own stage."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from portable_pipeline.ir import (
    ArtifactInput,
    ArtifactRef,
    Collected,
    Constant,
    FirstOf,
    ItemRef,
    ParameterRef,
    Pipeline,
    Record,
    ResultRef,
    Stage,
    Type,
    Value,
    ValueInput,
)
from portable_pipeline.ir.control import values_of
from ppc_kfp.stand_ins import results
from ppc_kfp.wires import (
    Wire,
    fits,
    parameter_wire,
    wire,
)


@dataclass(frozen=True, slots=True)
class Reached:
    """How values and artifacts reach stages.

    Args:
        is_text: Whether a value reaches a stage as text, whatever its type, and an artifact as its record.
        records: Artifacts whose records something asks for.
    """

    is_text: Callable[[str, Value], bool]
    records: Collection[ArtifactRef]

    def by_record(self, stage: Stage, given: object) -> bool:
        """Whether an input is an artifact that comes as its record."""
        if not isinstance(given, ArtifactInput):
            return False
        return isinstance(given.value, FirstOf | Collected) or self.is_text(stage.id, given.value)


@dataclass(frozen=True, slots=True)
class Given:
    """What decides about a component besides its stage.

    Args:
        wires: How each value input travels.
        fields: The fields of its result that are used one by one.
        by_record: The inputs that are artifacts and come as their records.
        records: The output artifacts whose records are asked for.
    """

    wires: Mapping[str, Wire]
    fields: tuple[str, ...]
    by_record: tuple[str, ...]
    records: tuple[str, ...]


def wires_of(pipeline: Pipeline, reached: Reached) -> dict[str, dict[str, Wire]]:
    """How each value input of each stage travels; a constant goes as the same input goes elsewhere, if it can."""
    sources = {each.name: parameter_wire(each.type) for each in pipeline.parameters}
    given_types = results(pipeline)
    demanded: dict[tuple[object, str], set[Wire]] = {}
    found: dict[str, dict[str, Wire]] = {}
    for stage in pipeline.stages:
        values = [each for each in stage.inputs if isinstance(each, ValueInput)]
        given = {each.name: _source_wire(each.value, sources, given_types) for each in values}
        texts = (each.name for each in values if reached.is_text(stage.id, each.value))
        given |= {name: "json" for name in texts if given[name] in ("float", "bool")}
        found[stage.id] = {name: how for name, how in given.items() if how is not None}
        for name, how in found[stage.id].items():
            demanded.setdefault((stage.body, name), set()).add(how)
    for stage in pipeline.stages:
        for each in stage.inputs:
            if isinstance(each, ValueInput) and isinstance(each.value, Constant):
                value, usual = each.value.value, wire(each.type)
                # Sorted, so that the choice does not depend on hashes.
                fitting = [how for how in sorted(demanded.get((stage.body, each.name), ())) if fits(value, how)]
                found[stage.id][each.name] = usual if usual in fitting or not fitting else fitting[0]
    return found


def source_wire(pipeline: Pipeline, value: Value) -> Wire | None:
    """How a value travels by where it comes from; None for a constant."""
    parameters = {each.name: parameter_wire(each.type) for each in pipeline.parameters}
    return _source_wire(value, parameters, results(pipeline))


def _source_wire(given: Value, parameters: Mapping[str, Wire], types: Mapping[str, Type | None]) -> Wire | None:
    if isinstance(given, ParameterRef):
        return parameters[given.name]
    value = given.options[0] if isinstance(given, FirstOf) else given
    if isinstance(value, ResultRef):
        return wire(field_type(types[value.stage], value.field))
    if isinstance(value, ItemRef | Collected):
        return "json"
    return None if isinstance(value, Constant) else "text"


def field_type(result: Type | None, field: str | None) -> Type:
    """The type of a result, or of one field of it."""
    if field is None and result is not None:
        return result
    if isinstance(result, Record):
        return next(each.type for each in result.fields if each.name == field)
    raise ValueError(f"a result of type {result!r} has no field {field!r}")


def fields_used(pipeline: Pipeline) -> dict[str, tuple[str, ...]]:
    """For each stage the fields of its result that are used one by one; the same for all that share a function."""
    bodies = {stage.id: stage.body for stage in pipeline.stages}
    used: dict[object, set[str]] = {body: set() for body in bodies.values()}
    for value in _values(pipeline):
        named = value.of if isinstance(value, Collected) else value
        for each in named.options if isinstance(named, FirstOf) else (named,):
            if isinstance(each, ResultRef) and each.field is not None:
                used[bodies[each.stage]].add(each.field)
    for _ in pipeline.stages:
        # A primary gives what its stand-in hands on; either may share its function with other stages.
        for stage in pipeline.stages:
            if stage.stands_in_for is not None:
                both = used[stage.body] | used[bodies[stage.stands_in_for]]
                used[stage.body], used[bodies[stage.stands_in_for]] = both, set(both)
    types = results(pipeline)
    return {stage.id: tuple(_members(types[stage.id], used[stage.body])) for stage in pipeline.stages}


def _members(declared: Type | None, used: Collection[str]) -> Iterator[str]:
    if isinstance(declared, Record):
        yield from (each.name for each in declared.fields if each.name in used)


def records_used(pipeline: Pipeline, reached: Reached) -> dict[str, tuple[str, ...]]:
    """For each stage the artifacts whose records are asked for; the same for all that share a function."""
    bodies = {stage.id: stage.body for stage in pipeline.stages}
    used = {(bodies[each.stage], each.output) for each in reached.records}
    return {
        stage.id: tuple(each.name for each in stage.outputs if (stage.body, each.name) in used)
        for stage in pipeline.stages
    }


def _values(pipeline: Pipeline) -> Iterator[Value]:
    """Whatever stages and blocks take."""
    for stage in pipeline.stages:
        yield from (each.value for each in stage.inputs)
    for block in pipeline.blocks:
        yield from values_of(block)
