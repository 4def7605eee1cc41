"""From a pipeline to the plan of a flow: every decision is made here, none in the templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portable_pipeline.codegen.calls import Argument, FreeNames, Keyword, address, given, work
from portable_pipeline.codegen.literals import Source, commas, identifier, literal
from portable_pipeline.codegen.names import code_folder_name, python_name
from portable_pipeline.ir import (
    ArtifactRef,
    CommandBody,
    Constant,
    ParameterRef,
    Pipeline,
    PythonBody,
    ResultRef,
    RunDate,
    RunTime,
    Stage,
    Value,
)
from portable_pipeline.ir import Record as RecordType
from portable_pipeline.ir.graph import data_upstream, in_topological_order, order_only, used_parameters
from ppc_prefect.names import MODULE_NAMES, MOMENT_NAMES, PREFECT_NAMES, in_bodies
from ppc_prefect.parameters import annotation, default, parameter_annotation, record_types
from ppc_prefect.plan import Moment, Plan, Record, Submission, Task
from ppc_prefect.waits import waits

_RESULT = "result"
_STAGE_ANSWER = Source("dict[str, Any]")


def lower(pipeline: Pipeline) -> Plan:
    """The plan of a pipeline that `validate` and `check` have passed."""
    scope = _scope(pipeline)
    stages = in_topological_order(pipeline)
    tasks = tuple(_task(stage, scope) for stage in stages)
    return Plan(
        name=pipeline.name,
        function=scope.flow,
        description=pipeline.description,
        code_folder=identifier(code_folder_name(pipeline)),
        imports=tuple(_imports(pipeline, scope)),
        records=tuple(_record(each, scope.records) for each in scope.records),
        options=tuple(_flow_options(pipeline)),
        parameters=tuple(_parameters(pipeline, scope)),
        moment=_moment(pipeline),
        retry_condition=any(stage.retry.retries for stage in stages),
        helpers=scope.helpers,
        tasks=tasks,
        submissions=tuple(_submission(stage, task, scope) for stage, task in zip(stages, tasks, strict=True)),
    )


@dataclass(frozen=True, slots=True)
class _Scope:
    """The names in the generated module.

    Args:
        flow: Of the flow's function.
        helpers: Of our own functions, where they are used.
        tasks: Of the task's function for each stage; a task that takes the stage's answer calls it so, too.
        futures: Of the variable with the future for each stage.
        records: Of the class for each record type of the parameters.
    """

    pipeline: Pipeline
    flow: Source
    helpers: Mapping[str, Source]
    tasks: Mapping[str, Source]
    futures: Mapping[str, Source]
    records: Mapping[RecordType, Source]


def _scope(pipeline: Pipeline) -> _Scope:
    parameters = [each.name for each in pipeline.parameters]
    helpers = in_bodies(parameters)
    names = FreeNames({*parameters, *helpers.values(), *MODULE_NAMES, *MOMENT_NAMES, *PREFECT_NAMES})
    types = dict.fromkeys(each for given in pipeline.parameters for each in record_types(given.type))
    records = {each: names.take(each.name.rpartition(".")[2]) for each in types}
    tasks = {stage.id: names.take(python_name(stage.id)) for stage in pipeline.stages}
    flow = names.take(python_name(pipeline.name))
    futures = {stage: names.take(python_name(f"{stage}_run")) for stage in tasks}
    return _Scope(pipeline, flow, helpers, tasks, futures, records)


def _task(stage: Stage, scope: _Scope) -> Task:
    body = stage.body
    return Task(
        stage=stage.id,
        function=scope.tasks[stage.id],
        description=stage.description,
        note=_note(stage),
        options=tuple(_task_options(stage, scope.pipeline)),
        arguments=tuple(_arguments(stage, scope)),
        body=scope.helpers[_helper(body)],
        target=work(body),
        keywords=tuple(_attempt_keywords(stage, scope)),
    )


def _helper(body: PythonBody | CommandBody) -> str:
    return "attempt_command" if isinstance(body, CommandBody) else "attempt"


def _task_options(stage: Stage, pipeline: Pipeline) -> Iterator[Keyword]:
    # The deployment has the pipeline's owner already.
    owner = _owner_tags(stage.owner) if stage.owner != pipeline.owner else ()
    tags = [*stage.tags, *owner]
    if tags:
        yield given("tags", tags)
    if stage.retry.retries:
        found = waits(stage.retry)
        yield given("retries", stage.retry.retries)
        if found.delays_seconds:
            delays = found.delays_seconds
            yield given("retry_delay_seconds", literal(delays[0] if len(delays) == 1 else list(delays)))
        if found.jitter_factor:
            yield given("retry_jitter_factor", found.jitter_factor)
        yield given("retry_condition_fn", Source("may_succeed_later"))


def _note(stage: Stage) -> str:
    if not waits(stage.retry).jitter_factor:
        return ""
    percent = f"{stage.retry.jitter * 100:g} %"
    return f"Prefect's jitter goes both ways: with these delays it adds to the wait, {percent} at most."


def _attempt_keywords(stage: Stage, scope: _Scope) -> Iterator[Keyword]:
    yield given("stage", stage.id)
    if stage.inputs:
        entries = (Source(f"{literal(each.name)}: {_value(each.value, scope)}") for each in stage.inputs)
        yield given("inputs", Source(f"{{{commas(entries)}}}"))
    if stage.outputs:
        entries = (Source(f"{literal(each.name)}: {address(each.uri, _known_value)}") for each in stage.outputs)
        yield given("outputs", Source(f"{{{commas(entries)}}}"))
    if stage.timeout is not None:
        seconds = literal(stage.timeout)
        yield given("timeout", Source(seconds.replace("timedelta", scope.helpers["timedelta"], 1)))


def _value(value: Value, scope: _Scope) -> Source:
    if isinstance(value, Constant):
        return literal(value.value)
    if isinstance(value, ResultRef | ArtifactRef):
        key = value.output if isinstance(value, ArtifactRef) else value.field or _RESULT
        return Source(f"{scope.tasks[value.stage]}[{literal(key)}]")
    return _known_value(value)


def _known_value(value: ParameterRef | RunDate | RunTime) -> Source:
    if isinstance(value, ParameterRef):
        return identifier(value.name)
    return Source("run_date" if isinstance(value, RunDate) else "run_time")


def _arguments(stage: Stage, scope: _Scope) -> Iterator[Argument]:
    """What the task's function needs: parameters, the run's date, the answers of stages upstream."""
    used = set(used_parameters(stage))
    for each in scope.pipeline.parameters:
        if each.name in used:
            yield Argument(identifier(each.name), annotation(each.type, scope.records, strict=False))
    for name in _moments(stage):
        yield Argument(identifier(name), Source("date" if name == "run_date" else "datetime"))
    for upstream in data_upstream(stage):
        yield Argument(scope.tasks[upstream], _STAGE_ANSWER)


def _moments(stage: Stage) -> tuple[str, ...]:
    """Which of `run_date` and `run_time` a stage needs."""
    values = [each.value for each in stage.inputs]
    parts = [part for output in stage.outputs for part in output.uri.parts]
    dates = any(isinstance(each, RunDate) for each in (*values, *parts))
    times = any(isinstance(each, RunTime) for each in values)
    return (*(["run_date"] if dates else []), *(["run_time"] if times else []))


def _submission(stage: Stage, task: Task, scope: _Scope) -> Submission:
    futures = {scope.tasks[each]: scope.futures[each] for each in data_upstream(stage)}
    arguments = [Keyword(each.name, futures.get(each.name, each.name)) for each in task.arguments]
    waited = [scope.futures[each] for each in order_only(stage)]
    if waited:
        arguments.append(given("wait_for", Source(f"[{commas(waited)}]")))
    return Submission(stage.id, scope.futures[stage.id], task.function, tuple(arguments))


def _flow_options(pipeline: Pipeline) -> Iterator[Keyword]:
    if pipeline.timeout is not None:
        seconds = pipeline.timeout.total_seconds()
        yield given("timeout_seconds", literal(int(seconds) if seconds.is_integer() else seconds))
    yield given("log_prints", True)


def _parameters(pipeline: Pipeline, scope: _Scope) -> Iterator[Argument]:
    """The flow's parameters; Python wants those without a default first."""
    for each in sorted(pipeline.parameters, key=lambda given: not given.required):
        declared = parameter_annotation(each, scope.records)
        yield Argument(identifier(each.name), declared, None if each.required else default(each.default, each.type))


def moment_names(pipeline: Pipeline) -> frozenset[str]:
    """Which of `run_date` and `run_time` the flow has as names of its own."""
    return frozenset(name for stage in pipeline.stages for name in _moments(stage))


def _moment(pipeline: Pipeline) -> Moment | None:
    needed = moment_names(pipeline)
    if not needed:
        return None
    zone = pipeline.schedule.timezone if pipeline.schedule else "UTC"
    return Moment(has_date="run_date" in needed, has_time="run_time" in needed, zone=zone)


def _record(record: RecordType, names: Mapping[RecordType, Source]) -> Record:
    fields = [(field, annotation(field.type, names, strict=True)) for field in record.fields]
    return Record(
        names[record],
        tuple(
            Argument(identifier(field.name), declared if field.required else Source(f"NotRequired[{declared}]"))
            for field, declared in fields
        ),
    )


def owner_and_tags(pipeline: Pipeline) -> tuple[str, ...]:
    """The deployment's tags; Prefect has no owners, so an owner is a tag."""
    return (*pipeline.tags, *_owner_tags(pipeline.owner))


def _owner_tags(owner: str | None) -> tuple[str, ...]:
    return (f"owner:{owner}",) if owner else ()


def _imports(pipeline: Pipeline, scope: _Scope) -> Iterator[Source]:
    """What the module imports from our runtime, under the names that it is known by."""
    if any(stage.retry.retries for stage in pipeline.stages):
        yield from (identifier("Abort"), identifier("StageKilled"))
    bodies = {_helper(stage.body) for stage in pipeline.stages}
    for name in (*sorted(bodies), "ending_attempts"):
        known_as = scope.helpers[name]
        yield known_as if known_as == name else Source(f"{name} as {known_as}")
