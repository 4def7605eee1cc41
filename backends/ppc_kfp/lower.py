"""From a pipeline to the plan of a KFP pipeline: every decision is made here, none in the templates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from portable_pipeline.codegen.calls import Argument, FreeNames, Keyword
from portable_pipeline.codegen.literals import Source, identifier, literal
from portable_pipeline.codegen.names import code_folder_name, python_name
from portable_pipeline.ir import (
    ArtifactInput,
    ArtifactRef,
    Choice,
    Constant,
    Parameter,
    ParameterRef,
    Pipeline,
    ResultRef,
    RunDate,
    RunTime,
    Scalar,
    Stage,
    Text,
    Uri,
    Value,
)
from portable_pipeline.ir.graph import in_topological_order, order_only, upstream, uses_run_date
from ppc_kfp.components import Lowered, components
from ppc_kfp.names import CARRIED_NAMES, MODULE_NAMES
from ppc_kfp.plan import Check, Plan, Task
from ppc_kfp.plan import RunDate as RunDatePlan
from ppc_kfp.schedules import fires
from ppc_kfp.waits import retries
from ppc_kfp.wires import ANNOTATIONS, Wire, constant, declaration, default, escaped, parameter_wire, shown

#: The parameter by which a run is given its date.
RUN_DATE_PARAMETER = "run_date"
_MOMENTS = {"date": "day", "time": "instant"}
_PRINTED_ALIKE = ("str", "date")
# Not int: KFP makes a double of it, and rounds it.
_CHECKED_BY_KFP = ("str", "float", "bool")


def lower(pipeline: Pipeline) -> Plan:
    """The plan of a pipeline that `validate` and `check` have passed."""
    scope = _scope(pipeline)
    stages = in_topological_order(pipeline)
    made = tuple(dict.fromkeys(scope.components[stage.id].component.name for stage in stages))
    by_name = {each.component.name: each.component for each in scope.components.values()}
    checks = tuple(_checks(pipeline))
    used = {each for name in made for each in (*by_name[name].carried, *by_name[name].used)}
    used |= {Source("PARAMETERS"), Source("check_value")} if checks else set()
    return Plan(
        name=pipeline.name,
        function=scope.function,
        about=_about(pipeline),
        packages=pipeline.packages,
        code_folder=code_folder_name(pipeline) if any(each.embeds for each in by_name.values()) else "",
        runtime=identifier(runtime_module(pipeline)),
        carried=tuple(sorted(used, key=lambda each: (not each.isupper(), each))),
        parameters=tuple(_parameters(pipeline)),
        timeout_seconds=_whole_seconds(pipeline.timeout),
        checks=checks,
        check_variable=scope.check,
        run_date=_run_date(pipeline),
        run_variable=scope.run,
        moments=tuple(Keyword(literal(output), variable) for output, variable in scope.moments.items()),
        texts=tuple(Keyword(literal(output), variable) for output, variable in scope.texts.items()),
        components=tuple(by_name[name] for name in made),
        tasks=tuple(_task(stage, scope) for stage in stages),
    )


def runtime_module(pipeline: Pipeline) -> str:
    """The module beside the pipeline file that holds what components carry."""
    return f"{python_name(pipeline.name)}_runtime"


def has_run_date(pipeline: Pipeline) -> bool:
    """Whether the pipeline has a parameter for the run's date."""
    return any(uses_run_date(stage) for stage in pipeline.stages)


def checked_parameters(pipeline: Pipeline) -> tuple[Parameter, ...]:
    """The parameters that KFP alone would not check, or that a URI needs as Python prints them."""
    printed = _printed(pipeline)
    return tuple(each for each in pipeline.parameters if each.name in printed or not _checked_by_kfp(each))


@dataclass(frozen=True, slots=True)
class _Scope:
    """The names in the generated module.

    Args:
        function: Of the pipeline's function.
        check: Of the variable for the task that checks the parameters.
        run: Of the variable for the task that resolves the run's date.
        moments: Of the variables for its outputs `date` and `time`, where they are used.
        texts: Of the variables for parameters as Python prints them.
        tasks: Of the variable for each stage that something refers to.
        is_checked: Whether there are parameters to check.
    """

    pipeline: Pipeline
    function: Source
    check: Source
    run: Source
    moments: Mapping[str, Source]
    texts: Mapping[str, Source]
    components: Mapping[str, Lowered]
    tasks: Mapping[str, Source]
    is_checked: bool


def _scope(pipeline: Pipeline) -> _Scope:
    parameters = {each.name for each in pipeline.parameters} | {RUN_DATE_PARAMETER}
    names = FreeNames({*parameters, *MODULE_NAMES, *CARRIED_NAMES})
    function = names.take(python_name(pipeline.name))
    made = components(pipeline, {*parameters, function})
    names = FreeNames(
        {*parameters, *MODULE_NAMES, *CARRIED_NAMES, function, *(each.component.name for each in made.values())}
    )
    check, run, printed = names.take("checked"), names.take("run"), _printed(pipeline)
    referred = {each for stage in pipeline.stages for each in upstream(stage)}
    named = [each.id for each in pipeline.stages if each.id in referred or each.timeout is not None]
    tasks = {each: names.take(f"{python_name(each)}_task") for each in named}
    moments = {each: names.take(_MOMENTS[each]) for each in _moments(pipeline)}
    texts = {
        each.name: names.take(f"{each.name}_text") for each in checked_parameters(pipeline) if each.name in printed
    }
    return _Scope(pipeline, function, check, run, moments, texts, made, tasks, bool(checked_parameters(pipeline)))


#: KFP copies the pipeline's docstring into comments of the YAML: what YAML cannot hold, or takes for the end of a line.
_UNREADABLE = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _about(pipeline: Pipeline) -> str:
    owner = [f"Owner: {pipeline.owner}."] if pipeline.owner else []
    tags = [f"Tags: {', '.join(pipeline.tags)}."] if pipeline.tags else []
    about = pipeline.description.strip() or pipeline.name
    paragraphs = [about, *([" ".join([*owner, *tags])] if owner or tags else [])]
    notes = [(each.name, _note(each)) for each in pipeline.parameters if _note(each)]
    if has_run_date(pipeline):
        notes.append((RUN_DATE_PARAMETER, "Date or instant of the run in ISO form; empty for now."))
    lines = [f"    {name}: {note}" for name, note in notes]
    arguments = ["\n".join(["Args:", *lines])] if lines else []
    return _UNREADABLE.sub(" ", "\n\n".join([*paragraphs, *arguments]))


def _note(parameter: Parameter) -> str:
    about = " ".join(parameter.description.split())
    if parameter_wire(parameter.type) != "json":
        return about
    return f"JSON, {shown(parameter.type)}. {about}".strip()


def _parameters(pipeline: Pipeline) -> Iterator[Argument]:
    # Those without a default come first, as Python demands; KFP knows them by name only.
    for each in sorted(pipeline.parameters, key=lambda each: not each.required):
        how = parameter_wire(each.type)
        yield Argument(identifier(each.name), ANNOTATIONS[how], None if each.required else default(each.default, how))
    if has_run_date(pipeline):
        yield Argument(Source(RUN_DATE_PARAMETER), Source("str"), literal(""))


def _checks(pipeline: Pipeline) -> Iterator[Check]:
    printed = _printed(pipeline)
    for each in checked_parameters(pipeline):
        bounds = each.constraints.model_dump(exclude_none=True)
        yield Check(
            name=identifier(each.name),
            annotation=ANNOTATIONS[parameter_wire(each.type)],
            # The check needs no object: a record's fields are what counts.
            declared=declaration(each.type, lambda _: Source("dict")),
            bounds=tuple(Keyword(identifier(name), literal(limit)) for name, limit in bounds.items()),
            as_text=each.name in printed,
        )


def _checked_by_kfp(parameter: Parameter) -> bool:
    declared = parameter.type
    bounded = bool(parameter.constraints.model_dump(exclude_none=True))
    return not bounded and isinstance(declared, Scalar) and declared.name in _CHECKED_BY_KFP


def _printed(pipeline: Pipeline) -> frozenset[str]:
    """Parameters that stand in a URI and that KFP would print differently than Python."""
    types = {each.name: each.type for each in pipeline.parameters}
    parts = (part for stage in pipeline.stages for output in stage.outputs for part in output.uri.parts)
    names = {part.name for part in parts if isinstance(part, ParameterRef)}
    return frozenset(name for name in names if not _prints_alike(types[name]))


def _prints_alike(declared: object) -> bool:
    if isinstance(declared, Choice):
        return all(isinstance(each, str) for each in declared.values)
    return isinstance(declared, Scalar) and declared.name in _PRINTED_ALIKE


def _moments(pipeline: Pipeline) -> tuple[str, ...]:
    """Which outputs of the task that resolves the run's date are used."""
    values = [each.value for stage in pipeline.stages for each in stage.inputs]
    parts = [part for stage in pipeline.stages for output in stage.outputs for part in output.uri.parts]
    dates = any(isinstance(each, RunDate) for each in (*values, *parts))
    times = any(isinstance(each, RunTime) for each in values)
    return (*(["date"] if dates else []), *(["time"] if times else []))


def _run_date(pipeline: Pipeline) -> RunDatePlan | None:
    if not has_run_date(pipeline):
        return None
    schedule = pipeline.schedule
    if schedule is None:
        return RunDatePlan("UTC", None)
    return RunDatePlan(schedule.timezone, fires(schedule.expression))


def _task(stage: Stage, scope: _Scope) -> Task:
    lowered = scope.components[stage.id]
    return Task(
        stage=stage.id,
        component=lowered.component.name,
        variable=scope.tasks.get(stage.id),
        arguments=tuple(_task_arguments(stage, lowered, scope)),
        after=tuple(_after(stage, scope)),
        retries=retries(stage.retry),
        timeout_seconds=_whole_seconds(stage.timeout),
    )


def _task_arguments(stage: Stage, lowered: Lowered, scope: _Scope) -> Iterator[Keyword]:
    for each in stage.inputs:
        how = "json" if isinstance(each, ArtifactInput) else lowered.wires[each.name]
        yield Keyword(lowered.inputs[each.name], _value(each.value, how, scope))
    for output in stage.outputs:
        yield Keyword(lowered.uris[output.name], _uri(output.uri, scope))


def _value(value: Value, how: Wire, scope: _Scope) -> Source:
    if isinstance(value, Constant):
        return constant(value.value, how)
    if isinstance(value, ParameterRef):
        return identifier(value.name)
    if isinstance(value, ResultRef | ArtifactRef):
        return _output(value, scope)
    return scope.moments["date" if isinstance(value, RunDate) else "time"]


def _output(value: ResultRef | ArtifactRef, scope: _Scope) -> Source:
    producer = scope.components[value.stage]
    task = scope.tasks[value.stage]
    if producer.has_single_output:
        return Source(f"{task}.output")
    name = producer.artifacts[value.output] if isinstance(value, ArtifactRef) else producer.values[value.field]
    return Source(f"{task}.outputs[{literal(str(name))}]")


def _uri(uri: Uri, scope: _Scope) -> Source:
    if all(isinstance(part, Text) for part in uri.parts):
        return literal(escaped("".join(part.text for part in uri.parts if isinstance(part, Text))))
    written = ""
    for part in uri.parts:
        if isinstance(part, Text):
            written += escaped(part.text).replace("{", "{{").replace("}", "}}")
        elif isinstance(part, RunDate):
            written += f"{{{scope.moments['date']}}}"
        else:
            written += f"{{{scope.texts.get(part.name, part.name)}}}"
    return Source(f"f{literal(written)}")


def _after(stage: Stage, scope: _Scope) -> Iterator[Source]:
    if scope.is_checked and not upstream(stage):
        yield scope.check
    yield from (scope.tasks[each] for each in order_only(stage))


def _whole_seconds(duration: timedelta | None) -> int | None:
    """Kubernetes counts in whole seconds: a bound is never shorter than asked for."""
    return None if duration is None else max(1, ceil(duration.total_seconds()))
