"""From a pipeline to the plan of a DAG file: every decision is made here, none in the template."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portable_pipeline.codegen.calls import Keyword, address, given, work
from portable_pipeline.codegen.literals import Source, commas, identifier, literal
from portable_pipeline.codegen.names import code_folder_name
from portable_pipeline.ir import CommandBody, Pipeline, PythonBody, Retry, RunDate, RunTime, Stage, Uri
from portable_pipeline.ir.graph import used_parameters, uses_run_date
from ppc_airflow.building import nodes
from ppc_airflow.decide import decision, look, looks_at_others, trigger_rule
from ppc_airflow.graph import calls
from ppc_airflow.hooks import run_options, stage_hook
from ppc_airflow.nodes import CollectedOf, Node, TurnOf, either_id, has_answer
from ppc_airflow.parameters import param
from ppc_airflow.plan import Decision, Plan, Task
from ppc_airflow.scope import TI, Scope, pulls, scope_of, values_in
from ppc_airflow.turns import bound, needs_turns

#: Airflow adds jitter only where waits grow. So little growth stays below a second in any number of retries.
_JITTER_ONLY_BACKOFF = 1.000001


def lower(pipeline: Pipeline) -> Plan:
    """The plan of a pipeline that `validate` and `check` have passed."""
    scope = scope_of(pipeline, nodes(pipeline))
    moments = {type(each) for node in scope.nodes.by_id.values() for each in _known_to_the_run(node)}
    has_looks = any(rule.looks for rule in scope.rules.values())
    pulled = {depth for node in scope.nodes.by_id.values() for depth in pulls(node, scope.nodes)}
    looped = [(stage, scope.nodes.loops_of(stage.id)) for stage in pipeline.stages]
    return Plan(
        about=_about(pipeline),
        function=scope.dag,
        docs=_lines(pipeline.description.strip()),
        options=(*_dag_options(pipeline), *run_options(scope.callbacks)),
        code_folder=identifier(code_folder_name(pipeline)),
        zone=_zone(pipeline),
        has_date=RunDate in moments,
        has_time=RunTime in moments,
        has_states=has_looks or any(looks_at_others(node, scope) for node in scope.nodes.by_id.values()),
        has_looks=has_looks,
        has_turns=any(isinstance(node.body, TurnOf) for node in scope.nodes.by_id.values()),
        has_collects=1 in pulled,
        has_lists=any(depth > 1 for depth in pulled),
        has_collected=any(isinstance(node.body, CollectedOf) for node in scope.nodes.by_id.values()),
        depth=max((len(loops) for _, loops in looped), default=0),
        nested={stage.id: scope.nodes.expands_over(loops[-1]) for stage, loops in looped if len(loops) > 1},
        stage_ids=tuple(stage.id for stage in pipeline.stages),
        stand_ins={stage.id: either_id(stage.id, stage.fallback) for stage in pipeline.stages if stage.fallback},
        callbacks=tuple(scope.callbacks.values()),
        tasks=tuple(_planned(node, scope) for node in scope.nodes.by_id.values()),
        calls=calls(scope),
    )


def _about(pipeline: Pipeline) -> str:
    summary = _summary(pipeline) or f"The pipeline `{pipeline.name}`."
    code = f"{code_folder_name(pipeline)}/"
    return (
        f"{summary}\n\nThe tasks first, then how they hang together. What they run is in `{code}`:\n"
        "both belong side by side at the root of the DAGs folder, which is on `sys.path`.\n"
    )


def _summary(pipeline: Pipeline) -> str:
    return next(iter(pipeline.description.strip().splitlines()), "")


def _planned(node: Node, scope: Scope) -> Task | Decision:
    return _task(node, node.body, scope) if isinstance(node.body, Stage) else decision(node, scope)


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


def _task(node: Node, stage: Stage, scope: Scope) -> Task:
    aborts = isinstance(stage.body, PythonBody) and stage.body.aborts and stage.retry.retries > 0
    return Task(
        stage=stage.id,
        function=scope.functions[stage.id],
        docs=_docs(stage),
        notes=tuple(_notes(stage)),
        options=tuple(_task_options(node, stage, scope)),
        arguments=(*(each.name for each in scope.taken[stage.id].arguments), *_context(node, stage, scope)),
        look=look(scope.rules[stage.id]),
        attempt=Source("attempt_command" if isinstance(stage.body, CommandBody) else "attempt"),
        work=work(stage.body),
        keywords=tuple(_attempt_keywords(stage, scope)),
        has_answer=has_answer(stage),
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


def _task_options(node: Node, stage: Stage, scope: Scope) -> Iterator[Keyword]:
    yield given("task_id", stage.id)
    yield from trigger_rule(scope.rules[stage.id])
    if stage.owner and stage.owner != scope.pipeline.owner:
        yield given("owner", stage.owner)
    yield from _retry_options(stage.retry)
    if stage.timeout is not None:
        yield given("execution_timeout", stage.timeout)
    if stage.on_failure is not None:
        yield given("on_failure_callback", scope.callbacks[stage_hook(stage)].function)
    loop = scope.nodes.loop_of(node.id)
    most = bound(loop, scope.pipeline) if loop is not None else None
    if loop is not None and most is not None and not needs_turns(loop, scope.pipeline):
        yield given("max_active_tis_per_dagrun", most)


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


def _context(node: Node, stage: Stage, scope: Scope) -> Iterator[Source]:
    """What the task's function needs of Airflow's context."""
    if used_parameters(stage):
        yield Source("params")
    if uses_run_date(stage):
        yield Source("dag_run")
    if scope.rules[stage.id].looks or pulls(node, scope.nodes) or len(scope.nodes.loops_of(stage.id)) == 1:
        yield TI


def _attempt_keywords(stage: Stage, scope: Scope) -> Iterator[Keyword]:
    indexes = "".join(f"[{{{each}}}]" for each in scope.indexes(stage.id))
    yield given("stage", Source(f'f"{stage.id}{indexes}"') if indexes else stage.id)
    if stage.inputs:
        entries = (Source(f"{literal(each.name)}: {scope.value(stage.id, each.value)}") for each in stage.inputs)
        yield given("inputs", Source(f"{{{commas(entries)}}}"))
    if stage.outputs:
        entries = (Source(f"{literal(each.name)}: {_address(each.uri, stage, scope)}") for each in stage.outputs)
        yield given("outputs", Source(f"{{{commas(entries)}}}"))


def _address(uri: Uri, stage: Stage, scope: Scope) -> Source:
    return address(uri, lambda part: scope.value(stage.id, part), lambda part: scope.item_key(stage.id, part.loop))


def _known_to_the_run(node: Node) -> Iterator[object]:
    yield from (value for _, value in values_in(node))
    if isinstance(node.body, Stage):
        yield from (part for output in node.body.outputs for part in output.uri.parts)
