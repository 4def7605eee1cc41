"""From a pipeline to the plan of a DAG file: every decision is made here, none in the template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from portable_pipeline.codegen.calls import FreeNames, Keyword, address, given, work
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
    Retry,
    RunDate,
    RunTime,
    Stage,
    Value,
)
from portable_pipeline.ir.graph import in_topological_order, order_only, upstream, used_parameters, uses_run_date
from ppc_airflow.names import BODY_NAMES, CONTEXT_KEYS, MODULE_NAMES
from ppc_airflow.parameters import param
from ppc_airflow.plan import Call, Plan, Task

RESULT = "result"
#: Airflow adds jitter only where waits grow. So little growth stays below a second in any number of retries.
_JITTER_ONLY_BACKOFF = 1.000001


def lower(pipeline: Pipeline) -> Plan:
    """The plan of a pipeline that `validate` and `check` have passed."""
    scope = _scope(pipeline)
    stages = in_topological_order(pipeline)
    moments = {type(each) for stage in stages for each in _known_to_the_run(stage)}
    return Plan(
        about=_about(pipeline),
        function=scope.dag,
        docs=_lines(pipeline.description.strip()),
        options=tuple(_dag_options(pipeline)),
        code_folder=identifier(code_folder_name(pipeline)),
        zone=_zone(pipeline),
        has_date=RunDate in moments,
        has_time=bool({RunDate, RunTime} & moments),
        tasks=tuple(_task(stage, scope) for stage in stages),
        calls=tuple(_call(stage, scope) for stage in stages),
    )


@dataclass(frozen=True, slots=True)
class _Scope:
    """The names in the generated file, by stage.

    Args:
        dag: Of the DAG's function.
        tasks: Of the task's function.
        variables: Of the variable with the task, where another stage needs it.
        arguments: Of the parameter of the task's function, for each value from upstream.
    """

    pipeline: Pipeline
    dag: Source
    tasks: Mapping[str, Source]
    variables: Mapping[str, Source]
    arguments: Mapping[str, Mapping[ResultRef | ArtifactRef, Source]]


def _scope(pipeline: Pipeline) -> _Scope:
    names = FreeNames(MODULE_NAMES)
    tasks = {stage.id: names.take(python_name(stage.id)) for stage in pipeline.stages}
    dag = names.take(python_name(pipeline.name))
    needed = {each for stage in pipeline.stages for each in upstream(stage)}
    needed |= {stage.id for stage in pipeline.stages if order_only(stage)}
    variables = {stage: names.take(f"{task}_task") for stage, task in tasks.items() if stage in needed}
    return _Scope(pipeline, dag, tasks, variables, {stage.id: _arguments(stage) for stage in pipeline.stages})


def _about(pipeline: Pipeline) -> str:
    summary = _summary(pipeline) or f"The pipeline `{pipeline.name}`."
    code = f"{code_folder_name(pipeline)}/"
    return (
        f"{summary}\n\nThe tasks first, then how they hang together. What they run is in `{code}`:\n"
        "both belong side by side at the root of the DAGs folder, which is on `sys.path`.\n"
    )


def _summary(pipeline: Pipeline) -> str:
    return next(iter(pipeline.description.strip().splitlines()), "")


def _arguments(stage: Stage) -> dict[ResultRef | ArtifactRef, Source]:
    """A parameter for each value from upstream, called as the stage's first input that takes it."""
    names = FreeNames(BODY_NAMES | CONTEXT_KEYS)
    found: dict[ResultRef | ArtifactRef, Source] = {}
    for each in stage.inputs:
        if isinstance(each.value, ResultRef | ArtifactRef) and each.value not in found:
            found[each.value] = names.take(python_name(each.name))
    return found


def _dag_options(pipeline: Pipeline) -> Iterator[Keyword]:
    yield given("dag_id", pipeline.name)
    if summary := _summary(pipeline):
        yield given("description", summary)
    if pipeline.schedule is None:
        yield given("schedule", None)
    else:
        expression, zone = literal(pipeline.schedule.expression), literal(pipeline.schedule.timezone)
        yield given("schedule", Source(f"CronTriggerTimetable({expression}, timezone={zone})"))
        yield given("start_date", Source(f"pendulum.datetime(2024, 1, 1, tz={zone})"))
        yield given("catchup", False)
    if pipeline.timeout is not None:
        yield given("dagrun_timeout", pipeline.timeout)
    # What a task does not say is decided here, not by the deployment's `default_task_retries`.
    yield given("default_args", {**({"owner": pipeline.owner} if pipeline.owner else {}), "retries": 0})
    if pipeline.parameters:
        entries = (Source(f"{literal(each.name)}: {param(each)}") for each in pipeline.parameters)
        yield given("params", Source(f"{{{commas(entries)}}}"))
    if pipeline.tags:
        yield given("tags", sorted(pipeline.tags))


def _zone(pipeline: Pipeline) -> str:
    return pipeline.schedule.timezone if pipeline.schedule else "UTC"


def _task(stage: Stage, scope: _Scope) -> Task:
    aborts = isinstance(stage.body, PythonBody) and stage.body.aborts and stage.retry.retries > 0
    return Task(
        stage=stage.id,
        function=scope.tasks[stage.id],
        docs=_docs(stage),
        notes=tuple(_notes(stage)),
        options=tuple(_task_options(stage, scope.pipeline)),
        arguments=(*scope.arguments[stage.id].values(), *_context(stage)),
        attempt=Source("attempt_command" if isinstance(stage.body, CommandBody) else "attempt"),
        work=work(stage.body),
        keywords=tuple(_attempt_keywords(stage, scope)),
        has_answer=stage.result is not None or bool(stage.outputs),
        aborts=aborts,
    )


def _docs(stage: Stage) -> str:
    """Airflow has no tags for tasks; what it shows of one is its docstring."""
    tags = f"Tags: {', '.join(stage.tags)}." if stage.tags else ""
    return _lines("\n\n".join(each for each in (stage.description.strip(), tags) if each))


def _lines(docs: str) -> str:
    """A docstring of several lines ends on a line of its own."""
    return f"{docs}\n" if "\n" in docs else docs


def _notes(stage: Stage) -> Iterator[str]:
    if _needs_growth(stage.retry):
        yield "Airflow adds jitter only to waits that grow; this factor is next to none."


def _task_options(stage: Stage, pipeline: Pipeline) -> Iterator[Keyword]:
    yield given("task_id", stage.id)
    if stage.owner and stage.owner != pipeline.owner:
        yield given("owner", stage.owner)
    yield from _retry_options(stage.retry)
    if stage.timeout is not None:
        yield given("execution_timeout", stage.timeout)


def _retry_options(retry: Retry) -> Iterator[Keyword]:
    if not retry.retries:
        return
    yield given("retries", retry.retries)
    if retry.backoff == 1 and not retry.jitter:
        # Airflow has a cap only for waits that grow.
        yield given("retry_delay", min(retry.delay, retry.max_delay or timedelta.max))
        return
    yield given("retry_delay", retry.delay)
    yield given("retry_exponential_backoff", _JITTER_ONLY_BACKOFF if _needs_growth(retry) else float(retry.backoff))
    if retry.max_delay is not None:
        yield given("max_retry_delay", retry.max_delay)


def _needs_growth(retry: Retry) -> bool:
    return retry.retries > 0 and retry.jitter > 0 and retry.backoff == 1


def _context(stage: Stage) -> Iterator[Source]:
    """What the task's function needs of Airflow's context."""
    if used_parameters(stage):
        yield Source("params")
    if uses_run_date(stage):
        yield Source("dag_run")


def _attempt_keywords(stage: Stage, scope: _Scope) -> Iterator[Keyword]:
    yield given("stage", stage.id)
    if stage.inputs:
        entries = (Source(f"{literal(each.name)}: {_value(each.value, stage, scope)}") for each in stage.inputs)
        yield given("inputs", Source(f"{{{commas(entries)}}}"))
    if stage.outputs:
        entries = (Source(f"{literal(each.name)}: {address(each.uri, _known_value)}") for each in stage.outputs)
        yield given("outputs", Source(f"{{{commas(entries)}}}"))


def _value(value: Value, stage: Stage, scope: _Scope) -> Source:
    if isinstance(value, Constant):
        return literal(value.value)
    if isinstance(value, ResultRef | ArtifactRef):
        return scope.arguments[stage.id][value]
    if not isinstance(value, ParameterRef | RunDate | RunTime):
        raise ValueError("loops and joins are refused before")
    return _known_value(value)


def _known_value(value: ParameterRef | RunDate | RunTime) -> Source:
    if isinstance(value, ParameterRef):
        return Source(f"params[{literal(value.name)}]")
    return Source("run_date(dag_run)" if isinstance(value, RunDate) else "run_time(dag_run)")


def _known_to_the_run(stage: Stage) -> Iterator[object]:
    yield from (each.value for each in stage.inputs)
    yield from (part for output in stage.outputs for part in output.uri.parts)


def _call(stage: Stage, scope: _Scope) -> Call:
    taken = scope.arguments[stage.id].items()
    return Call(
        variable=scope.variables.get(stage.id),
        function=scope.tasks[stage.id],
        arguments=tuple(Keyword(name, _xcom(value, scope)) for value, name in taken),
        after=tuple(scope.variables[each] for each in order_only(stage)),
    )


def _xcom(value: ResultRef | ArtifactRef, scope: _Scope) -> Source:
    key = value.output if isinstance(value, ArtifactRef) else value.field or RESULT
    return Source(f"{scope.variables[value.stage]}[{literal(key)}]")
