"""From a pipeline to the plan of a KFP pipeline: every decision is made here, none in the templates."""

from __future__ import annotations

from dataclasses import replace

from portable_pipeline.codegen.calls import Keyword
from portable_pipeline.codegen.literals import Source, identifier, literal
from portable_pipeline.codegen.names import code_folder_name, python_name
from portable_pipeline.ir import Pipeline
from portable_pipeline.ir.graph import in_topological_order
from ppc_kfp.loops import ITEMS_CARRY
from ppc_kfp.parameters import about, checks, has_run_date, parameters
from ppc_kfp.plan import Plan, tasks_of
from ppc_kfp.plan_dates import RunDate as RunDatePlan
from ppc_kfp.plan_passing import passing_components
from ppc_kfp.schedules import fires
from ppc_kfp.scope import scope_of
from ppc_kfp.stand_ins import through_stand_ins
from ppc_kfp.steps import steps_of
from ppc_kfp.waits import whole_seconds


def lower(pipeline: Pipeline) -> Plan:
    """The plan of a pipeline that `validate` and `check` have passed."""
    pipeline = through_stand_ins(pipeline)
    scope = scope_of(pipeline)
    # The task at the end of the run stands around all others.
    deeper = 0 if scope.exit is None else 1
    steps = tuple(replace(each, depth=each.depth + deeper) for each in steps_of(scope))
    stages = in_topological_order(pipeline)
    predicates = tuple(scope.predicates.values())
    made = tuple(dict.fromkeys(scope.components[stage.id].component.name for stage in stages))
    by_name = {each.component.name: each.component for each in scope.components.values()}
    checked = tuple(checks(pipeline))
    used = {each for name in made for each in (*by_name[name].carried, *by_name[name].used)}
    used |= {Source("PARAMETERS"), Source("check_value")} if checked else set()
    used |= {name for each in predicates for name in each.carried}
    used |= set(map(identifier, ITEMS_CARRY)) if scope.loops else set()
    used |= {Source("HOOKS"), Source("call_hook")} if scope.exit else set()
    return Plan(
        name=pipeline.name,
        function=scope.function,
        about=about(pipeline),
        packages=pipeline.packages,
        code_folder=code_folder_name(pipeline) if scope.embeds else "",
        runtime=identifier(runtime_module(pipeline)),
        carried=tuple(sorted(used, key=lambda each: (not each.isupper(), each))),
        parameters=tuple(parameters(pipeline)),
        timeout_seconds=whole_seconds(pipeline.timeout),
        checks=checked,
        check_variable=scope.check,
        run_date=_run_date(pipeline),
        run_variable=scope.run,
        moments=tuple(Keyword(literal(output), variable) for output, variable in scope.moments.items()),
        texts=tuple(Keyword(literal(output), variable) for output, variable in scope.texts.items()),
        predicates=predicates,
        loops=tuple(scope.loops.values()),
        gatherings=tuple(dict.fromkeys(scope.gatherings.values())),
        passing=passing_components((task.component, len(task.arguments)) for task in tasks_of(steps)),
        components=tuple(by_name[name] for name in made),
        steps=steps,
        exit=scope.exit,
    )


def runtime_module(pipeline: Pipeline) -> str:
    """The module beside the pipeline file that holds what components carry."""
    return f"{python_name(pipeline.name)}_runtime"


def _run_date(pipeline: Pipeline) -> RunDatePlan | None:
    if not has_run_date(pipeline):
        return None
    schedule = pipeline.schedule
    if schedule is None:
        return RunDatePlan("UTC", None)
    return RunDatePlan(schedule.timezone, fires(schedule.expression))
