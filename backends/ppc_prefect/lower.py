"""From a pipeline to the plan of a flow: every decision is made here, none in the templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portable_pipeline.codegen.calls import Argument, Keyword, given, hook_timeout, work
from portable_pipeline.codegen.literals import Source, commas, identifier, literal
from portable_pipeline.codegen.names import code_folder_name
from portable_pipeline.ir import CommandBody, Pipeline, PythonBody, Stage
from portable_pipeline.ir import Hook as HookIR
from portable_pipeline.ir import Record as RecordType
from portable_pipeline.ir.control import values_of
from portable_pipeline.ir.graph import in_topological_order
from ppc_prefect.conditions import uses_typed
from ppc_prefect.needs import gate, moments, moments_of_stage, needs_of_stage, skip_of_stage
from ppc_prefect.parameters import annotation, default, parameter_annotation
from ppc_prefect.plan import Hook, Moment, Plan, Record, Task
from ppc_prefect.scope import Scope, scope_of
from ppc_prefect.submissions import Submissions
from ppc_prefect.values import uri_source, value_source
from ppc_prefect.waits import waits


def lower(pipeline: Pipeline) -> Plan:
    """The plan of a pipeline that `validate` and `check` have passed."""
    scope = scope_of(pipeline)
    control = scope.control
    stages = in_topological_order(pipeline)
    submissions = Submissions(scope)
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
        gates=tuple(gate(each, scope) for each in scope.control.gates),
        tasks=tuple(_task(stage, scope) for stage in stages),
        submissions=submissions.of(None),
        skips=scope.control.skips,
        loops=bool(scope.control.loops),
        notes=scope.control.notes,
        collects=bool(scope.gathered),
        notes_helpers=control.notes_helpers(loop for _, loop in scope.gathered),
        stand_ins={stage.id: stage.fallback for stage in stages if stage.fallback is not None},
        on_failure=_run_hook(pipeline.on_failure, "on_failure"),
        on_exit=_run_hook(pipeline.on_exit, "on_exit"),
        has_stage_hooks=scope.control.has_stage_hooks,
        bounds_stage_hooks=scope.control.bounds_stage_hooks,
    )


def _task(stage: Stage, scope: Scope) -> Task:
    body = stage.body
    return Task(
        stage=stage.id,
        function=scope.tasks[stage.id],
        description=stage.description,
        note=_note(stage),
        options=tuple(_task_options(stage, scope)),
        arguments=tuple(argument for argument, _ in needs_of_stage(stage, scope)),
        body=scope.helpers[_helper(body)],
        target=work(body),
        keywords=tuple(_attempt_keywords(stage, scope)),
        skip_if=skip_of_stage(stage, scope),
    )


def _run_hook(hook: HookIR | None, name: str) -> Hook | None:
    return None if hook is None else Hook(work(hook.body), literal(name), hook_timeout(hook))


def _helper(body: PythonBody | CommandBody) -> str:
    return "attempt_command" if isinstance(body, CommandBody) else "attempt"


def _task_options(stage: Stage, scope: Scope) -> Iterator[Keyword]:
    if scope.control.loops_of(stage.block):
        yield given("task_run_name", literal(f"{stage.id}{{{scope.instance}}}"))
    # The deployment has the pipeline's owner already.
    owner = _owner_tags(stage.owner) if stage.owner != scope.pipeline.owner else ()
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
    if stage.on_failure is not None:
        timeout = hook_timeout(stage.on_failure)
        bound = () if timeout is None else (Source(f"timeout={timeout}"),)
        told = commas((Source("tell_failure"), work(stage.on_failure.body), *bound))
        yield given("on_failure", Source(f"[partial({told})]"))


def _note(stage: Stage) -> str:
    if not waits(stage.retry).jitter_factor:
        return ""
    percent = f"{stage.retry.jitter * 100:g} %"
    return f"Prefect's jitter goes both ways: with these delays it adds to the wait, {percent} at most."


def _attempt_keywords(stage: Stage, scope: Scope) -> Iterator[Keyword]:
    in_loop = bool(scope.control.loops_of(stage.block))
    yield given("stage", Source(f"f{literal(f'{stage.id}{{{scope.instance}}}')}") if in_loop else literal(stage.id))
    if stage.inputs:
        entries = (Source(f"{literal(each.name)}: {value_source(each.value, scope)}") for each in stage.inputs)
        yield given("inputs", Source(f"{{{commas(entries)}}}"))
    if stage.outputs:
        entries = (Source(f"{literal(each.name)}: {uri_source(each.uri, scope)}") for each in stage.outputs)
        yield given("outputs", Source(f"{{{commas(entries)}}}"))
    if stage.timeout is not None:
        seconds = literal(stage.timeout)
        yield given("timeout", Source(seconds.replace("timedelta", scope.helpers["timedelta"], 1)))


def _flow_options(pipeline: Pipeline) -> Iterator[Keyword]:
    if pipeline.timeout is not None:
        seconds = pipeline.timeout.total_seconds()
        yield given("timeout_seconds", literal(int(seconds) if seconds.is_integer() else seconds))
    yield given("log_prints", True)


def _parameters(pipeline: Pipeline, scope: Scope) -> Iterator[Argument]:
    """The flow's parameters; Python wants those without a default first."""
    for each in sorted(pipeline.parameters, key=lambda given: not given.required):
        declared = parameter_annotation(each, scope.records)
        yield Argument(identifier(each.name), declared, None if each.required else default(each.default, each.type))


def moment_names(pipeline: Pipeline) -> frozenset[str]:
    """Which of `run_date` and `run_time` the flow has as names of its own."""
    blocks = (name for block in pipeline.blocks for name in moments(values_of(block)))
    return frozenset((*blocks, *(name for stage in pipeline.stages for name in moments_of_stage(stage))))


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


def _imports(pipeline: Pipeline, scope: Scope) -> Iterator[Source]:
    """What the module imports from our runtime, under the names that it is known by."""
    if any(stage.retry.retries for stage in pipeline.stages):
        yield from (identifier("Abort"), identifier("StageKilled"))
    helpers = {_helper(stage.body) for stage in pipeline.stages} | {"ending_attempts"}
    if any(uses_typed(each.predicate) for each in scope.control.gates):
        helpers.add("typed")
    if scope.control.has_stage_hooks:
        yield identifier("FailureEvent")
    if scope.control.has_run_hooks:
        yield from (identifier("HookFailed"), identifier("RunEvent"))
    if scope.control.has_run_hooks or scope.control.has_stage_hooks:
        yield identifier("call_hook")
    if scope.control.loops:
        helpers |= {"item_key", "loop_items"}
        yield identifier("has_ended")
    for name in sorted(helpers):
        known_as = scope.helpers[name]
        yield known_as if known_as == name else Source(f"{name} as {known_as}")
