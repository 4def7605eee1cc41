"""From stages to components: stages that call the same function in the same way share one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from portable_pipeline.codegen.calls import Argument, FreeNames
from portable_pipeline.codegen.code_folder import closure
from portable_pipeline.codegen.literals import Source, commas, identifier, literal
from portable_pipeline.codegen.names import python_name
from portable_pipeline.ir import (
    ArtifactInput,
    ArtifactKind,
    Collected,
    CommandBody,
    ItemKey,
    Pipeline,
    PythonBody,
    Record,
    Scalar,
    Stage,
    Statement,
    Type,
    ValueInput,
)
from portable_pipeline.ir.pipeline import Output as OutputArtifact
from ppc_kfp.closures import defined_names
from ppc_kfp.code import carried_modules, code_of
from ppc_kfp.commands import command_call
from ppc_kfp.demands import Given, Reached, field_type, fields_used, records_used, wires_of
from ppc_kfp.failing import Told, is_supervised, policy, supervision, taken_names, told
from ppc_kfp.names import CARRIED_NAMES, MODULE_NAMES
from ppc_kfp.plan import Component, Output
from ppc_kfp.stand_ins import primary_of, results
from ppc_kfp.taking_over import Offer, TakenOver, take_over
from ppc_kfp.waits import jitter_seconds
from ppc_kfp.wires import (
    ANNOTATIONS,
    Wire,
    declaration,
    decoding,
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
        told: The component's parameters for what its hook is told.
        from_primary: For a stand-in, its parameters for what its primary's task gives, each with KFP's name there.
    """

    component: Component
    wires: Mapping[str, Wire]
    inputs: Mapping[str, Source]
    uris: Mapping[str, Source]
    keys: tuple[Source, ...]
    artifacts: Mapping[str, Source]
    records: Mapping[str, str]
    values: Mapping[str | None, str]
    told: Told | None
    from_primary: tuple[tuple[Source, str], ...]

    @property
    def has_single_output(self) -> bool:
        """Whether KFP's `task.output` is enough to name it."""
        return len(self.component.outputs) + len(self.component.staged) + len(self.records) == 1


def components(pipeline: Pipeline, taken: Iterable[str], reached: Reached) -> dict[str, Lowered]:
    """The component of each stage, by the stage's id.

    Args:
        taken: Names that the pipeline's own function needs.
    """
    wires = wires_of(pipeline, reached)
    records = records_used(pipeline, reached)
    fields = fields_used(pipeline)
    lowering = _Lowering(
        pipeline,
        {
            each.id: Given(
                wires[each.id],
                fields[each.id],
                tuple(given.name for given in each.inputs if reached.by_record(each, given)),
                records[each.id],
            )
            for each in pipeline.stages
        },
        results(pipeline),
        FreeNames({*taken, *MODULE_NAMES, *CARRIED_NAMES}),
        {},
    )
    return {stage.id: lowering.of(stage) for stage in pipeline.stages}


@dataclass(frozen=True, slots=True)
class _Lowering:
    """What the components of one pipeline share.

    Args:
        givens: What decides about each stage's component besides the stage.
        results: The type of what each stage's task gives.
        made: The components so far.
    """

    pipeline: Pipeline
    givens: Mapping[str, Given]
    results: Mapping[str, Type | None]
    names: FreeNames
    made: dict[object, Lowered]

    def of(self, stage: Stage) -> Lowered:
        """The component of a stage, shared where it can be."""
        primary = primary_of(self.pipeline, stage)
        stood_in_for = None if primary is None else self.of(primary)
        given = self.givens[stage.id]
        how = tuple(sorted(given.wires.items())), given.fields, jitter_seconds(stage.retry), given.by_record
        other = None if stood_in_for is None else stood_in_for.component.name
        key = (stage.body, _shape(stage), how, policy(self.pipeline, stage), other)
        if key not in self.made:
            self.made[key] = _lowered(self, stage, stood_in_for)
        return self.made[key]


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


def _lowered(around: _Lowering, stage: Stage, primary: Lowered | None) -> Lowered:
    pipeline, given = around.pipeline, around.givens[stage.id]
    wires = given.wires
    statements = closure(pipeline, stage)
    taken = {*defined_names(statements), *CARRIED_NAMES, *taken_names(pipeline, stage)}
    inner = FreeNames({*taken, "dsl", "kfp", "Abort", "Artifact", "subprocess"})
    inputs = {each.name: inner.take(each.name) for each in stage.inputs}
    artifacts = {each.name: inner.take(each.name) for each in stage.outputs}
    uris = {each.name: inner.take(f"{each.name}_uri") for each in stage.outputs}
    keys = {each: inner.take("item_key") for each in key_loops(stage)}
    about = told(pipeline, stage, inner)
    classes = _classes(stage, statements)
    failure = FreeNames({*given.fields, *artifacts.values()}).take("failure") if stage.fallback is not None else ""
    alone = not failure and not given.records
    outputs, values = _outputs(stage, around.results[stage.id], given.fields, classes, alone=alone)
    returned = FreeNames({*artifacts.values(), *(each.name for each in outputs)})
    records = {each: str(returned.take(f"{each}_record")) for each in given.records}
    is_command = isinstance(stage.body, CommandBody)
    staged = tuple((artifacts[each.name], _address(each, uris, keys)) for each in stage.outputs)
    supervised = supervision(pipeline, stage, outputs, staged, about, names=inner)
    taken_over = None
    if primary is not None:
        taken_over = take_over(
            primary.component,
            Offer(primary.values, primary.artifacts),
            Offer(values, artifacts),
            outputs,
            inner,
        )
    used = {
        *([] if is_command or supervised else ["run_stage"]),
        *(["supervise"] if supervised else []),
        *(["call_hook"] if supervised and supervised.hook else []),
        *(["hand_on"] if taken_over and taken_over.hand_over.artifacts else []),
        *(["add_jitter"] if any(jitter_seconds(stage.retry)) else []),
        *(["argument_text" if is_command else "decode_value"] if wires else []),
        *(["encode_result"] if outputs or failure else []),
        *(["stage_outputs", "commit_outputs"] if stage.outputs and not supervised else []),
        *(["artifact_record"] if records else []),
        *(["received_artifacts"] if given.by_record else []),
        *(["verify_inputs"] if any(isinstance(each, ArtifactInput) for each in stage.inputs) else []),
    }
    decoded = {} if is_command else {each.name: _decoded(each, inputs, wires, classes) for each in stage.inputs}
    component = Component(
        name=around.names.take(_wanted_name(stage)),
        description=stage.description.strip().partition("\n\n")[0],
        image=_image(stage),
        packages=isinstance(stage.body, PythonBody) and bool(pipeline.packages),
        embeds=bool(carried_modules(pipeline, stage)),
        carried=(*_carried(stage, taken_over), *([Source("RECORDS")] if records or given.by_record else [])),
        used=tuple(map(identifier, sorted(used))),
        arguments=(
            *_arguments(stage, given, inputs),
            *(taken_over.arguments if taken_over else ()),
            *(Argument(each, Source("str")) for each in (*uris.values(), *keys.values())),
            *(about.arguments if about else ()),
            *_output_arguments(stage, artifacts, taken_over),
        ),
        code=code_of(pipeline, stage, 2 if supervised else 1, classes.imports),
        jitter_seconds=jitter_seconds(stage.retry),
        received=tuple(_received(stage, given, inputs)),
        verified=tuple(_verified(stage, inputs)),
        staged=staged,
        call=_call(stage, decoded, wires, inputs, artifacts),
        outputs=outputs,
        records=tuple((name, Source(f"artifact_record({artifacts[each]})")) for each, name in records.items()),
        failure=str(failure),
        supervision=supervised,
        hand_over=taken_over.hand_over if taken_over else None,
    )
    from_primary = taken_over.names if taken_over else ()
    return Lowered(
        component, wires, inputs, uris, tuple(keys.values()), artifacts, records, values, about, from_primary
    )


def _address(output: OutputArtifact, uris: Mapping[str, Source], keys: Mapping[str, Source]) -> Source:
    """The expression for a URI: KFP cannot put parts of items into texts, so the component does."""
    found = uris[output.name]
    for each in dict.fromkeys(_keys(output)):
        found = Source(f"{found}.replace({literal(f'{{{keys[each]}}}')}, {keys[each]})")
    return found


def _carried(stage: Stage, taken_over: TakenOver | None) -> Iterator[Source]:
    """The lists of functions that the component carries."""
    types = [each.type for each in stage.inputs if isinstance(each, ValueInput)]
    types += [stage.result] if stage.result is not None else []
    if types and isinstance(stage.body, CommandBody):
        yield Source("ARGUMENTS")
    elif types:
        plain = all(isinstance(each, Scalar) and each.name != "any" for each in types)
        yield Source("SCALARS" if plain else "VALUES")
    elif stage.fallback is not None:
        yield Source("SCALARS")
    elif isinstance(stage.body, PythonBody) and not is_supervised(stage):
        yield Source("STAGE")
    if any(jitter_seconds(stage.retry)):
        yield Source("JITTER")
    if stage.outputs or any(isinstance(each, ArtifactInput) for each in stage.inputs):
        yield Source("ARTIFACTS")
    if is_supervised(stage):
        yield Source("SUPERVISED")
    if taken_over is not None and taken_over.hand_over.artifacts:
        yield Source("STAND_IN")


def _wanted_name(stage: Stage) -> str:
    if isinstance(stage.body, CommandBody):
        return python_name(stage.id)
    return stage.body.function.replace(".", "_")


def _image(stage: Stage) -> Source:
    if isinstance(stage.body, CommandBody) and stage.body.image is not None:
        return literal(stage.body.image)
    return _BASE_IMAGE


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
    stage: Stage, artifacts: Mapping[str, Source], taken_over: TakenOver | None
) -> Iterator[Argument]:
    for each in stage.outputs:
        own = Source(f"dsl.{_ARTIFACTS[each.artifact]}")
        kind = taken_over.kinds.get(each.name, own) if taken_over is not None else own
        yield Argument(artifacts[each.name], Source(f"dsl.Output[{kind}]"))


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
    if is_supervised(stage):
        return Source(f"{function}({commas(arguments)})")
    return Source(f"run_stage({commas((function, *arguments))})")


def _outputs(
    stage: Stage, given: Type | None, fields: tuple[str, ...], classes: _Classes, *, alone: bool
) -> tuple[tuple[Output, ...], dict[str | None, str]]:
    """What the component returns, and KFP's names for it.

    Args:
        given: The type as which consumers take it.
        alone: Whether there is nothing else that the component returns.
    """
    own = stage.result
    if own is None or given is None or isinstance(stage.body, CommandBody):
        return (), {}
    with_others = fields or not alone or any(each.name == "Output" for each in stage.outputs)
    whole = "result" if with_others else "Output"
    what = f"stage `{stage.body.function}`: result"
    outputs = [_output(whole, (own, given), Source("result"), what, classes)]
    by_key = isinstance(own, Record) and own.form == "typeddict"
    for field in fields:
        member = Source(f"result[{literal(field)}]" if by_key else f"result.{identifier(field)}")
        types = field_type(own, field), field_type(given, field)
        outputs.append(_output(field, types, member, f"{what}.{field}", classes))
    return tuple(outputs), {None: whole, **{field: field for field in fields}}


def _output(name: str, types: tuple[Type, Type], member: Source, what: str, classes: _Classes) -> Output:
    """One value, proven to be of the first type, the stage's own, and in the form of the other, that consumers know."""
    own, given = types
    encoded = _encoding(member, own, what, classes)
    how = wire(given)
    if wire(own) != how:
        encoded = _encoding(decoding(encoded, own, wire(own), classes.names.__getitem__), given, what, classes)
    return Output(name, ANNOTATIONS[how], f"JSON, {shown(given)}" if how == "json" else "", encoded)


def _encoding(value: Source, declared: Type, what: str, classes: _Classes) -> Source:
    return Source(f"encode_result({commas((value, declaration(declared, classes.names.__getitem__), literal(what)))})")
