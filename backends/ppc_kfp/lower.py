"""From a pipeline to the plan of a KFP pipeline: every decision is made here, none in the templates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from math import ceil

from portable_pipeline.codegen.calls import Argument, FreeNames, Keyword
from portable_pipeline.codegen.literals import Source, commas, identifier, literal
from portable_pipeline.codegen.names import code_folder_name, python_name
from portable_pipeline.ir import (
    ArtifactInput,
    ArtifactRef,
    Branch,
    Choice,
    Collected,
    Constant,
    FirstOf,
    ItemKey,
    ItemRef,
    Loop,
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
from portable_pipeline.ir.control import block_upstream, values_of
from portable_pipeline.ir.graph import in_topological_order, order_only, upstream, uses_run_date
from ppc_kfp.components import Lowered, components, key_loops, source_wire
from ppc_kfp.layout import Condition, Items, Node, Predicate, Repeated, layout
from ppc_kfp.loops import ITEMS_CARRY, Use, items_arguments, items_component, slots
from ppc_kfp.loops import shown as shown_items
from ppc_kfp.names import CARRIED_NAMES, MODULE_NAMES
from ppc_kfp.plan import Check, Gathering, ItemsComponent, Plan, PredicateComponent, Step, Task
from ppc_kfp.plan import RunDate as RunDatePlan
from ppc_kfp.predicates import predicate_arguments, predicate_component
from ppc_kfp.predicates import shown as shown_predicate
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
    steps = tuple(_steps(pipeline, scope))
    stages = in_topological_order(pipeline)
    predicates = tuple(scope.predicates.values())
    made = tuple(dict.fromkeys(scope.components[stage.id].component.name for stage in stages))
    by_name = {each.component.name: each.component for each in scope.components.values()}
    checks = tuple(_checks(pipeline))
    used = {each for name in made for each in (*by_name[name].carried, *by_name[name].used)}
    used |= {Source("PARAMETERS"), Source("check_value")} if checks else set()
    used |= {name for each in predicates for name in each.carried}
    used |= set(map(identifier, ITEMS_CARRY)) if scope.loops else set()
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
        predicates=predicates,
        loops=tuple(scope.loops.values()),
        gatherings=tuple(each for each, _ in scope.gatherings.values()),
        nothing=scope.nothing,
        components=tuple(by_name[name] for name in made),
        tasks=tuple(_task(stage, scope) for stage in stages),
        steps=steps,
    )


def runtime_module(pipeline: Pipeline) -> str:
    """The module beside the pipeline file that holds what components carry."""
    return f"{python_name(pipeline.name)}_runtime"


def has_run_date(pipeline: Pipeline) -> bool:
    """Whether the pipeline has a parameter for the run's date."""
    in_blocks = (value for block in pipeline.blocks for value in values_of(block))
    return any(map(uses_run_date, pipeline.stages)) or any(isinstance(each, RunDate | RunTime) for each in in_blocks)


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
        predicates: The component for each `when`.
        conditions: Of the variable for the task of each `when`.
        loops: The component that prepares the items of each loop.
        prepared: Of the variable for the task that does.
        items: Of the variable for the current item of each loop.
        slots: Where an item has what is used of it.
        gatherings: For what is collected the component that makes a text of it, and the variable for its task.
        nothing: The component for a loop without items.
        empty: Of the variable for its task, for each loop.
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
    predicates: Mapping[str, PredicateComponent]
    conditions: Mapping[str, Source]
    loops: Mapping[str, ItemsComponent]
    prepared: Mapping[str, Source]
    items: Mapping[str, Source]
    slots: Mapping[str, Mapping[Use, Source]]
    gatherings: Mapping[Collected, tuple[Gathering, Source]]
    nothing: Source
    empty: Mapping[str, Source]
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
    whens = [each for each in pipeline.blocks if isinstance(each, Branch) and each.otherwise_of is None]
    predicates = {each.id: predicate_component(each, names.take(f"{python_name(each.id)}_holds")) for each in whens}
    conditions = {each.id: names.take(python_name(each.id)) for each in whens}
    referred = {each for stage in pipeline.stages for each in upstream(stage)}
    loops = [each for each in pipeline.blocks if isinstance(each, Loop)]
    how = partial(source_wire, pipeline)
    repeated = {
        each.id: items_component(pipeline, each, names.take(f"{python_name(each.id)}_items"), how) for each in loops
    }
    prepared = {each.id: names.take(f"{python_name(each.id)}_items_task") for each in loops}
    items = {each.id: names.take(each.items[0].name) for each in loops}
    referred |= {each for block in pipeline.blocks for each in block_upstream(block)}
    named = [each.id for each in pipeline.stages if each.id in referred or each.timeout is not None]
    tasks = {each: names.take(f"{python_name(each)}_task") for each in named}
    moments = {each: names.take(_MOMENTS[each]) for each in _moments(pipeline)}
    checked = checked_parameters(pipeline)
    return _Scope(
        pipeline=pipeline,
        function=function,
        check=check,
        run=run,
        moments=moments,
        texts={each.name: names.take(f"{each.name}_text") for each in checked if each.name in printed},
        components=made,
        tasks=tasks,
        predicates=predicates,
        conditions=conditions,
        loops=repeated,
        prepared=prepared,
        items=items,
        slots={each.id: slots(pipeline, each) for each in loops},
        gatherings={each: _gathering(each, made, names) for each in _collected(pipeline)},
        nothing=names.take("collect_nothing"),
        empty={each.id: names.take(f"{python_name(each.id)}_empty") for each in loops},
        is_checked=bool(checked),
    )


def _collected(pipeline: Pipeline) -> tuple[Collected, ...]:
    taken = (*(each.value for stage in pipeline.stages for each in stage.inputs),)
    decided = (value for block in pipeline.blocks for value in values_of(block))
    return tuple(dict.fromkeys(each for each in (*taken, *decided) if isinstance(each, Collected)))


def _gathering(value: Collected, made: Mapping[str, Lowered], names: FreeNames) -> tuple[Gathering, Source]:
    assert isinstance(value.of, ResultRef)
    producer = made[value.of.stage]
    output = next(each for each in producer.component.outputs if each.name == producer.values[value.of.field])
    stem = "_".join((python_name(value.of.stage), *([value.of.field] if value.of.field else [])))
    name = names.take(f"collect_{stem}")
    return Gathering(name, value.of.stage, bool(output.note)), names.take(f"{stem}_values")


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
    values += [value for block in pipeline.blocks for value in values_of(block)]
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


def _steps(pipeline: Pipeline, scope: _Scope) -> Iterator[Step]:
    if pipeline.blocks:
        yield from _nodes(layout(pipeline), scope, 0)
    else:
        for stage in in_topological_order(pipeline):
            yield Step(0, _task(stage, scope), None, opens=False)


def _nodes(nodes: tuple[Node, ...], scope: _Scope, depth: int) -> Iterator[Step]:
    """The statements for what stands together."""
    stages = {each.id: each for each in scope.pipeline.stages}
    opens = depth > 0
    for node in nodes:
        if isinstance(node, str):
            yield Step(depth, _task(stages[node], scope, inside=depth > 0), None, opens)
        elif isinstance(node, Predicate):
            yield Step(depth, _predicate(node.when, scope, inside=depth > 0), None, opens)
        elif isinstance(node, Items):
            yield Step(depth, _items(node.loop, scope, inside=depth > 0), None, opens)
        elif isinstance(node, Repeated):
            yield from _repeated(node, scope, depth, opens=opens)
        else:
            yield from _condition(node, scope, depth, opens=opens)
        opens = False


def _condition(node: Condition, scope: _Scope, depth: int, *, opens: bool) -> Iterator[Step]:
    holds = f"{scope.conditions[node.when]}.output"
    if node.held:
        yield Step(depth, None, Source(f'with dsl.If({holds} == "yes"):'), opens)
        yield from _nodes(node.held, scope, depth + 1)
    if node.otherwise:
        head = "with dsl.Else():" if node.held else f'with dsl.If({holds} == "no"):'
        yield Step(depth, None, Source(head), opens and not node.held)
        yield from _nodes(node.otherwise, scope, depth + 1)


def _predicate(when: str, scope: _Scope, *, inside: bool) -> Task:
    branch = next(each for each in scope.pipeline.blocks if isinstance(each, Branch) and each.id == when)
    alone = scope.is_checked and not inside and not block_upstream(branch)
    return Task(
        stage=shown_predicate(branch),
        component=scope.predicates[when].name,
        variable=scope.conditions[when],
        arguments=predicate_arguments(branch, lambda value, how: _value(value, how, scope)),
        after=(scope.check,) if alone else (),
        retries=None,
        timeout_seconds=None,
    )


def _repeated(node: Repeated, scope: _Scope, depth: int, *, opens: bool) -> Iterator[Step]:
    """The loop, and what is collected from it; neither where there are no items."""
    loop = _loop(node.loop, scope)
    most = "" if loop.max_parallel is None else f", parallelism={literal(loop.max_parallel)}"
    prepared = scope.prepared[node.loop]
    yield Step(depth, None, Source(f'with dsl.If({prepared}.outputs["any"] == "yes"):'), opens)
    head = f'with dsl.ParallelFor({prepared}.outputs["items"]{most}) as {scope.items[node.loop]}:'
    yield Step(depth + 1, None, Source(head), opens=True)
    yield from _nodes(node.body, scope, depth + 2)
    for value in node.collected:
        gathering, variable = scope.gatherings[value]
        assert isinstance(value.of, ResultRef)
        given = Keyword(Source("values"), Source(f"dsl.Collected({_output(value.of, scope)})"))
        task = _added(f"collect {gathering.stage}", gathering.name, variable, (given,))
        yield Step(depth + 1, task, None, opens=False)
    if node.collected:
        yield Step(depth, None, Source("with dsl.Else():"), opens=False)
        task = _added("collect nothing", scope.nothing, scope.empty[node.loop], ())
        yield Step(depth + 1, task, None, opens=True)


def _added(shown: str, component: Source, variable: Source, arguments: tuple[Keyword, ...]) -> Task:
    """A task that belongs to no stage: its name has a space in it."""
    return Task(shown, component, variable, arguments, after=(), retries=None, timeout_seconds=None)


def _items(loop_id: str, scope: _Scope, *, inside: bool) -> Task:
    loop = _loop(loop_id, scope)
    alone = scope.is_checked and not inside and not block_upstream(loop)
    how = partial(source_wire, scope.pipeline)
    return Task(
        stage=shown_items(loop),
        component=scope.loops[loop_id].name,
        variable=scope.prepared[loop_id],
        arguments=items_arguments(loop, lambda value, wire: _value(value, wire, scope), how),
        after=(scope.check,) if alone else (),
        retries=None,
        timeout_seconds=None,
    )


def _loop(loop_id: str, scope: _Scope) -> Loop:
    return next(each for each in scope.pipeline.blocks if isinstance(each, Loop) and each.id == loop_id)


def _task(stage: Stage, scope: _Scope, *, inside: bool = False) -> Task:
    lowered = scope.components[stage.id]
    return Task(
        stage=stage.id,
        component=lowered.component.name,
        variable=scope.tasks.get(stage.id),
        arguments=tuple(_task_arguments(stage, lowered, scope)),
        after=tuple(_after(stage, scope, inside=inside)),
        retries=retries(stage.retry),
        timeout_seconds=_whole_seconds(stage.timeout),
    )


def _task_arguments(stage: Stage, lowered: Lowered, scope: _Scope) -> Iterator[Keyword]:
    for each in stage.inputs:
        how = "json" if isinstance(each, ArtifactInput) else lowered.wires[each.name]
        yield Keyword(lowered.inputs[each.name], _value(each.value, how, scope))
    keys = dict(zip(key_loops(stage), lowered.keys, strict=True))
    for output in stage.outputs:
        yield Keyword(lowered.uris[output.name], _uri(output.uri, scope, keys))
    for loop, name in keys.items():
        yield Keyword(name, Source(f"{scope.items[loop]}.{scope.slots[loop][ItemKey(loop=loop)]}"))


def _value(value: Value, how: Wire, scope: _Scope) -> Source:
    if isinstance(value, Constant):
        return constant(value.value, how)
    if isinstance(value, ParameterRef):
        return identifier(value.name)
    if isinstance(value, ResultRef | ArtifactRef):
        return _output(value, scope)
    if isinstance(value, FirstOf):
        return Source(f"dsl.OneOf({commas(_output(each, scope) for each in value.options)})")
    if isinstance(value, Collected):
        _, gathered = scope.gatherings[value]
        return Source(f"dsl.OneOf({gathered}.output, {scope.empty[value.loop]}.output)")
    if isinstance(value, ItemRef):
        return Source(f"{scope.items[value.loop]}.{scope.slots[value.loop][value]}")
    return scope.moments["date" if isinstance(value, RunDate) else "time"]


def _output(value: ResultRef | ArtifactRef, scope: _Scope) -> Source:
    producer = scope.components[value.stage]
    task = scope.tasks[value.stage]
    if producer.has_single_output:
        return Source(f"{task}.output")
    name = producer.artifacts[value.output] if isinstance(value, ArtifactRef) else producer.values[value.field]
    return Source(f"{task}.outputs[{literal(str(name))}]")


def _uri(uri: Uri, scope: _Scope, keys: Mapping[str, Source]) -> Source:
    if all(isinstance(part, Text) for part in uri.parts):
        return literal(escaped("".join(part.text for part in uri.parts if isinstance(part, Text))))
    written = ""
    for part in uri.parts:
        if isinstance(part, Text):
            text = escaped(part.text)
            for key in keys.values():
                # Not the mark that the component replaces.
                text = text.replace(f"{{{key}}}", f"\u2060007b{key}}}")
            written += text.replace("{", "{{").replace("}", "}}")
        elif isinstance(part, RunDate):
            written += f"{{{scope.moments['date']}}}"
        elif isinstance(part, ItemKey):
            written += f"{{{{{keys[part.loop]}}}}}"
        else:
            written += f"{{{scope.texts.get(part.name, part.name)}}}"
    return Source(f"f{literal(written)}")


def _after(stage: Stage, scope: _Scope, *, inside: bool) -> Iterator[Source]:
    # The predicate of the branch around it has waited.
    if scope.is_checked and not inside and not upstream(stage):
        yield scope.check
    yield from (scope.tasks[each] for each in order_only(stage))


def _whole_seconds(duration: timedelta | None) -> int | None:
    """Kubernetes counts in whole seconds: a bound is never shorter than asked for."""
    return None if duration is None else max(1, ceil(duration.total_seconds()))
