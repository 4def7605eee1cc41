"""From stages to components: stages that call the same function in the same way share one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from portable_pipeline.codegen.calls import Argument, FreeNames
from portable_pipeline.codegen.code_folder import closure, local_modules
from portable_pipeline.codegen.literals import Source, commas, identifier, literal
from portable_pipeline.codegen.names import python_name
from portable_pipeline.ir import (
    ArtifactInput,
    ArtifactKind,
    ArtifactRef,
    Collected,
    CommandBody,
    Constant,
    ExtractedModule,
    FirstOf,
    ItemKey,
    ItemRef,
    ParameterRef,
    Pipeline,
    PythonBody,
    Record,
    ResultRef,
    Scalar,
    Stage,
    Statement,
    Type,
    Value,
    ValueInput,
)
from portable_pipeline.ir.control import values_of
from portable_pipeline.ir.pipeline import Output as OutputArtifact
from ppc_kfp.closures import defined_names, global_names, imports, indented, nested
from ppc_kfp.commands import command_call
from ppc_kfp.names import CARRIED_NAMES, MODULE_NAMES
from ppc_kfp.plan import Component, Output
from ppc_kfp.waits import jitter_seconds
from ppc_kfp.wires import (
    ANNOTATIONS,
    Wire,
    declaration,
    decoding,
    fits,
    parameter_wire,
    records,
    shown,
    wire,
)

_ARTIFACTS: dict[ArtifactKind, str] = {
    "Dataset": "Dataset",
    "Model": "Model",
    "Metrics": "Metrics",
    "Artifact": "Artifact",
    "Directory": "Artifact",
}
_BASE_IMAGE = Source("BASE_IMAGE")


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
class Lowered:
    """A component, and how a task speaks to it.

    Args:
        wires: How each value input travels.
        inputs: The component's name for each of the stage's inputs.
        uris: The component's parameter for the URI of each output.
        keys: The component's parameters for what names the items in URIs, in the order of `key_loops`.
        artifacts: The component's name for each output artifact.
        records: KFP's name for the record of each output artifact that is asked for.
        values: KFP's name for the result (under None) and for each field of it.
    """

    component: Component
    wires: Mapping[str, Wire]
    inputs: Mapping[str, Source]
    uris: Mapping[str, Source]
    keys: tuple[Source, ...]
    artifacts: Mapping[str, Source]
    records: Mapping[str, str]
    values: Mapping[str | None, str]

    @property
    def has_single_output(self) -> bool:
        """Whether KFP's `task.output` is enough to name it."""
        return len(self.component.outputs) + len(self.component.staged) + len(self.records) == 1


def components(pipeline: Pipeline, taken: Iterable[str], reached: Reached) -> dict[str, Lowered]:
    """The component of each stage, by the stage's id.

    Args:
        taken: Names that the pipeline's own function needs.
    """
    wires = _wires(pipeline, reached)
    records = _records_used(pipeline, reached)
    fields = _fields_used(pipeline)
    names = FreeNames({*taken, *MODULE_NAMES, *CARRIED_NAMES})
    made: dict[object, Lowered] = {}
    found: dict[str, Lowered] = {}
    for stage in pipeline.stages:
        how = tuple(sorted(wires[stage.id].items())), fields[stage.id], jitter_seconds(stage.retry)
        by_record = tuple(each.name for each in stage.inputs if reached.by_record(stage, each))
        key = (stage.body, _shape(stage), how, by_record)
        if key not in made:
            given = Given(wires[stage.id], fields[stage.id], by_record, records[stage.id])
            made[key] = _lowered(pipeline, stage, given, names)
        found[stage.id] = made[key]
    return found


def _shape(stage: Stage) -> object:
    """What two stages must share to be two tasks of one component."""
    inputs = tuple((each.name, each.type if isinstance(each, ValueInput) else each.artifact) for each in stage.inputs)
    loops = key_loops(stage)
    outputs = tuple(
        (each.name, each.artifact, tuple(loops.index(key) for key in _keys(each))) for each in stage.outputs
    )
    return inputs, outputs, stage.result, stage.description


def key_loops(stage: Stage) -> tuple[str, ...]:
    """Ids of the loops whose items name its outputs, each once."""
    return tuple(dict.fromkeys(key for output in stage.outputs for key in _keys(output)))


def _keys(output: OutputArtifact) -> Iterator[str]:
    return (part.loop for part in output.uri.parts if isinstance(part, ItemKey))


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


def _wires(pipeline: Pipeline, reached: Reached) -> dict[str, dict[str, Wire]]:
    """How each value input of each stage travels; a constant goes as the same input goes elsewhere, if it can."""
    sources = {each.name: parameter_wire(each.type) for each in pipeline.parameters}
    results = {stage.id: stage.result for stage in pipeline.stages}
    demanded: dict[tuple[object, str], set[Wire]] = {}
    found: dict[str, dict[str, Wire]] = {}
    for stage in pipeline.stages:
        values = [each for each in stage.inputs if isinstance(each, ValueInput)]
        given = {each.name: _source_wire(each.value, sources, results) for each in values}
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
    return _source_wire(value, parameters, {stage.id: stage.result for stage in pipeline.stages})


def _source_wire(given: Value, parameters: Mapping[str, Wire], results: Mapping[str, Type | None]) -> Wire | None:
    if isinstance(given, ParameterRef):
        return parameters[given.name]
    value = given.options[0] if isinstance(given, FirstOf) else given
    if isinstance(value, ResultRef):
        return wire(field_type(results[value.stage], value.field))
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


def _fields_used(pipeline: Pipeline) -> dict[str, tuple[str, ...]]:
    """For each stage the fields of its result that are used one by one; the same for all that share a function."""
    bodies = {stage.id: stage.body for stage in pipeline.stages}
    used: dict[object, set[str]] = {body: set() for body in bodies.values()}
    for value in _values(pipeline):
        named = value.of if isinstance(value, Collected) else value
        for each in named.options if isinstance(named, FirstOf) else (named,):
            if isinstance(each, ResultRef) and each.field is not None:
                used[bodies[each.stage]].add(each.field)
    return {
        stage.id: tuple(each.name for each in stage.result.fields if each.name in used[stage.body])
        if isinstance(stage.result, Record)
        else ()
        for stage in pipeline.stages
    }


def _records_used(pipeline: Pipeline, reached: Reached) -> dict[str, tuple[str, ...]]:
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


def _lowered(pipeline: Pipeline, stage: Stage, given: Given, names: FreeNames) -> Lowered:
    wires = given.wires
    statements = closure(pipeline, stage)
    inner = FreeNames({*defined_names(statements), *CARRIED_NAMES, "dsl", "kfp", "Abort", "Artifact", "subprocess"})
    inputs = {each.name: inner.take(each.name) for each in stage.inputs}
    artifacts = {each.name: inner.take(each.name) for each in stage.outputs}
    uris = {each.name: inner.take(f"{each.name}_uri") for each in stage.outputs}
    keys = {each: inner.take("item_key") for each in key_loops(stage)}
    module = _own_module(pipeline, stage)
    classes = _classes(stage, statements)
    outputs, values = _outputs(stage, given.fields, classes, single=not given.records)
    returned = FreeNames({*artifacts.values(), *(each.name for each in outputs)})
    records = {each: str(returned.take(f"{each}_record")) for each in given.records}
    is_command = isinstance(stage.body, CommandBody)
    used = {
        *([] if is_command else ["run_stage"]),
        *(["add_jitter"] if any(jitter_seconds(stage.retry)) else []),
        *(["argument_text" if is_command else "decode_value"] if wires else []),
        *(["encode_result"] if outputs else []),
        *(["stage_outputs", "commit_outputs"] if stage.outputs else []),
        *(["artifact_record"] if records else []),
        *(["received_artifacts"] if given.by_record else []),
        *(["verify_inputs"] if any(isinstance(each, ArtifactInput) for each in stage.inputs) else []),
    }
    decoded = {} if is_command else {each.name: _decoded(each, inputs, wires, classes) for each in stage.inputs}
    component = Component(
        name=names.take(_wanted_name(stage)),
        description=stage.description.strip().partition("\n\n")[0],
        image=_image(stage),
        packages=isinstance(stage.body, PythonBody) and bool(pipeline.packages),
        embeds=bool(local_modules(pipeline, stage)),
        carried=(*_carried(stage), *([Source("RECORDS")] if records or given.by_record else [])),
        used=tuple(map(identifier, sorted(used))),
        arguments=(*_arguments(stage, given, inputs), *_output_arguments(stage, artifacts, uris, keys.values())),
        aborts=module is not None and "Abort" in module.runtime_names and _names(statements, "Abort"),
        imports=(*_imports(stage, module, statements), *classes.imports),
        kfp_imports=tuple(_kfp_imports(module, statements)),
        globals=tuple(identifier(each) for each in global_names(statements)),
        code=_code(module, statements),
        jitter_seconds=jitter_seconds(stage.retry),
        received=tuple(_received(stage, given, inputs)),
        verified=tuple(_verified(stage, inputs)),
        staged=tuple((artifacts[each.name], _address(each, uris, keys)) for each in stage.outputs),
        call=_call(stage, decoded, wires, inputs, artifacts),
        outputs=outputs,
        records=tuple((name, Source(f"artifact_record({artifacts[each]})")) for each, name in records.items()),
    )
    return Lowered(component, wires, inputs, uris, tuple(keys.values()), artifacts, records, values)


def _address(output: OutputArtifact, uris: Mapping[str, Source], keys: Mapping[str, Source]) -> Source:
    """The expression for a URI: KFP cannot put parts of items into texts, so the component does."""
    found = uris[output.name]
    for each in dict.fromkeys(_keys(output)):
        found = Source(f"{found}.replace({literal(f'{{{keys[each]}}}')}, {keys[each]})")
    return found


def _own_module(pipeline: Pipeline, stage: Stage) -> ExtractedModule | None:
    body = stage.body
    named = (each for each in pipeline.modules if isinstance(body, PythonBody) and each.name == body.module)
    return next((each for each in named if isinstance(each, ExtractedModule)), None)


def _names(statements: Iterable[Statement], name: str) -> bool:
    return any(re.search(rf"\b{name}\b", each.text) for each in statements)


def _carried(stage: Stage) -> Iterator[Source]:
    """The lists of functions that the component carries."""
    types = [each.type for each in stage.inputs if isinstance(each, ValueInput)]
    types += [stage.result] if stage.result is not None else []
    if types and isinstance(stage.body, CommandBody):
        yield Source("ARGUMENTS")
    elif types:
        plain = all(isinstance(each, Scalar) and each.name != "any" for each in types)
        yield Source("SCALARS" if plain else "VALUES")
    elif isinstance(stage.body, PythonBody):
        yield Source("STAGE")
    if any(jitter_seconds(stage.retry)):
        yield Source("JITTER")
    if stage.outputs or any(isinstance(each, ArtifactInput) for each in stage.inputs):
        yield Source("ARTIFACTS")


def _wanted_name(stage: Stage) -> str:
    if isinstance(stage.body, CommandBody):
        return python_name(stage.id)
    return stage.body.function.replace(".", "_")


def _image(stage: Stage) -> Source:
    if isinstance(stage.body, CommandBody) and stage.body.image is not None:
        return literal(stage.body.image)
    return _BASE_IMAGE


def _code(module: ExtractedModule | None, statements: tuple[Statement, ...]) -> Source:
    if module is None or not statements:
        return Source("")
    package = module.name.rpartition(".")[0]
    text = nested(statements, package, annotations_as_strings=module.future_annotations)
    return indented(text)


def _imports(stage: Stage, module: ExtractedModule | None, statements: tuple[Statement, ...]) -> Iterator[Source]:
    if isinstance(stage.body, CommandBody):
        yield Source("import subprocess")
    elif module is not None:
        package = module.name.rpartition(".")[0]
        yield from imports(statements, package)
    else:
        yield Source(f"from {identifier(stage.body.module)} import {identifier(stage.body.function.split('.')[0])}")


def _kfp_imports(module: ExtractedModule | None, statements: tuple[Statement, ...]) -> Iterator[Source]:
    if module is not None and "Artifact" in module.runtime_names and _names(statements, "Artifact"):
        yield Source("from kfp.dsl import Artifact")


@dataclass(frozen=True, slots=True)
class _Classes:
    """Expressions for the record classes of a component, and the imports that these need."""

    names: Mapping[Record, Source]
    imports: tuple[Source, ...]


def _classes(stage: Stage, statements: tuple[Statement, ...]) -> _Classes:
    given = [each.type for each in stage.inputs if isinstance(each, ValueInput)]
    if isinstance(stage.body, CommandBody):
        return _Classes({}, ())
    types = [*given, *([stage.result] if stage.result is not None else [])]
    found = tuple(dict.fromkeys(record for each in types for record in records(each)))
    known = defined_names(statements)
    imports = tuple(
        Source(f"from {identifier(record.module)} import {identifier(record.name.split('.')[0])}")
        for record in found
        if record.name.split(".")[0] not in known
    )
    return _Classes({record: identifier(record.name) for record in found}, tuple(dict.fromkeys(imports)))


def _decoded(given: object, inputs: Mapping[str, Source], wires: Mapping[str, Wire], classes: _Classes) -> Source:
    """The expression for an input as the user's function takes it."""
    if isinstance(given, ArtifactInput):
        return inputs[given.name]
    assert isinstance(given, ValueInput)
    return decoding(inputs[given.name], given.type, wires[given.name], classes.names.__getitem__)


def _received(stage: Stage, given: Given, inputs: Mapping[str, Source]) -> Iterator[tuple[Source, Source]]:
    for each in stage.inputs:
        if isinstance(each, ArtifactInput) and each.name in given.by_record:
            yield inputs[each.name], Source(f"dsl.{_ARTIFACTS[each.artifact]}")


def _verified(stage: Stage, inputs: Mapping[str, Source]) -> Iterator[Source]:
    for each in stage.inputs:
        if isinstance(each, ArtifactInput):
            yield Source(f"*{inputs[each.name]}" if isinstance(each.value, Collected) else inputs[each.name])


def _arguments(stage: Stage, given: Given, inputs: Mapping[str, Source]) -> Iterator[Argument]:
    for each in stage.inputs:
        if each.name in given.by_record:
            yield Argument(inputs[each.name], ANNOTATIONS["json"])
        elif isinstance(each, ArtifactInput):
            yield Argument(inputs[each.name], Source(f"dsl.Input[dsl.{_ARTIFACTS[each.artifact]}]"))
        else:
            yield Argument(inputs[each.name], ANNOTATIONS[given.wires[each.name]])


def _output_arguments(
    stage: Stage, artifacts: Mapping[str, Source], uris: Mapping[str, Source], keys: Iterable[Source]
) -> Iterator[Argument]:
    for each in stage.outputs:
        yield Argument(uris[each.name], Source("str"))
    for key in keys:
        yield Argument(key, Source("str"))
    for each in stage.outputs:
        yield Argument(artifacts[each.name], Source(f"dsl.Output[dsl.{_ARTIFACTS[each.artifact]}]"))


def _call(
    stage: Stage,
    decoded: Mapping[str, Source],
    wires: Mapping[str, Wire],
    inputs: Mapping[str, Source],
    artifacts: Mapping[str, Source],
) -> Source:
    if isinstance(stage.body, CommandBody):
        return command_call(stage, wires, {**inputs, **artifacts})
    given = {**decoded, **artifacts}
    function = identifier(stage.body.function)
    arguments = (Source(f"{name}={value}") for name, value in given.items())
    return Source(f"run_stage({commas((function, *arguments))})")


def _outputs(
    stage: Stage, fields: tuple[str, ...], classes: _Classes, *, single: bool
) -> tuple[tuple[Output, ...], dict[str | None, str]]:
    result = stage.result
    if result is None or isinstance(stage.body, CommandBody):
        return (), {}
    alone = single and not fields and not any(each.name == "Output" for each in stage.outputs)
    whole = "Output" if alone else "result"
    what = f"stage `{stage.body.function}`: result"
    outputs = [_output(whole, result, Source("result"), what, classes)]
    by_key = isinstance(result, Record) and result.form == "typeddict"
    for field in fields:
        member = Source(f"result[{literal(field)}]" if by_key else f"result.{identifier(field)}")
        outputs.append(_output(field, field_type(result, field), member, f"{what}.{field}", classes))
    return tuple(outputs), {None: whole, **{field: field for field in fields}}


def _output(name: str, declared: Type, member: Source, what: str, classes: _Classes) -> Output:
    encoded = commas((member, declaration(declared, classes.names.__getitem__), literal(what)))
    how = wire(declared)
    note = f"JSON, {shown(declared)}" if how == "json" else ""
    return Output(name, ANNOTATIONS[how], note, Source(f"encode_result({encoded})"))
