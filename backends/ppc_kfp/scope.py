"""The names in a generated module, each given once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from portable_pipeline.codegen.calls import FreeNames
from portable_pipeline.codegen.literals import Source
from portable_pipeline.codegen.names import python_name
from portable_pipeline.ir import ArtifactRef, Branch, Collected, FirstOf, Loop, Pipeline, ResultRef
from portable_pipeline.ir.control import block_upstream
from portable_pipeline.ir.graph import upstream
from ppc_kfp.components import Lowered, components
from ppc_kfp.demands import Reached, source_wire
from ppc_kfp.exits import exit_component
from ppc_kfp.failing import bound
from ppc_kfp.layout import layout
from ppc_kfp.loops import Use, items_component, slots
from ppc_kfp.names import CARRIED_NAMES, MODULE_NAMES
from ppc_kfp.nodes import AllEnded, Ended, Group, Node, Repeated, Wanted
from ppc_kfp.parameters import RUN_DATE_PARAMETER, checked_parameters, moments, printed
from ppc_kfp.passing import Passing, Single, passing
from ppc_kfp.paths import Paths
from ppc_kfp.plan import ItemsComponent, PredicateComponent
from ppc_kfp.plan_failures import Exit
from ppc_kfp.plan_passing import Gathering
from ppc_kfp.predicates import predicate_component

_MOMENTS = {"date": "day", "time": "instant"}


@dataclass(frozen=True, slots=True)
class Scope:
    """What a module's statements are made of, and under which names.

    Args:
        nodes: The stages in their groups.
        check: The variable for the task that checks the parameters.
        run: The variable for the task that resolves the run's date.
        moments: The variables for its outputs `date` and `time`, where they are used.
        texts: The variables for parameters as Python prints them.
        tasks: The variable for each stage that something refers to.
        predicates: The component for each `when`.
        conditions: The variable for the task of each `when` and each `Given`.
        loops: The component that prepares the items of each loop.
        prepared: The variable for the task that does.
        items: The variable for the current item of each loop.
        slots: Where an item has what is used of it.
        gatherings: For what is collected the component that makes a text of it.
        gathered: The variable for its task.
        empty: The variable for what stands in for it where there are no items, for each loop.
        marks: The variable for what stands in for what does not pass out of a condition.
        passed: The variable for what a task passes on.
        joined: The variable for what a task joins.
        is_checked: Whether there are parameters to check.
        exit: The component that tells hooks how a run has ended.
    """

    pipeline: Pipeline
    paths: Paths
    nodes: tuple[Node, ...]
    passing: Passing
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
    gatherings: Mapping[Collected | AllEnded, Gathering]
    gathered: Mapping[Collected | AllEnded, Source]
    empty: Mapping[Group, Source]
    marks: Mapping[Group, Source]
    passed: Mapping[tuple[Group, Single], Source]
    joined: Mapping[tuple[Group, FirstOf], Source]
    is_checked: bool
    exit: Exit | None

    @property
    def embeds(self) -> bool:
        """Whether a component needs the user's local modules."""
        at_end = self.exit is not None and self.exit.embeds
        return at_end or any(each.component.embeds for each in self.components.values())


def scope_of(pipeline: Pipeline) -> Scope:
    """The names for a pipeline that `validate` and `check` have passed."""
    paths = Paths(pipeline)
    nodes = layout(paths)
    passes = passing(paths, nodes)
    parameters = {each.name for each in pipeline.parameters} | {RUN_DATE_PARAMETER}
    names = FreeNames({*parameters, *MODULE_NAMES, *CARRIED_NAMES})
    function = names.take(python_name(pipeline.name))
    made = components(pipeline, {*parameters, function}, reached(passes))
    names = FreeNames(
        {*parameters, *MODULE_NAMES, *CARRIED_NAMES, function, *(each.component.name for each in made.values())}
    )
    check, run, shown = names.take("checked"), names.take("run"), printed(pipeline)
    whens = [each for each in pipeline.blocks if isinstance(each, Branch) and each.otherwise_of is None]
    loops = [each for each in pipeline.blocks if isinstance(each, Loop)]
    referred = {each for stage in pipeline.stages for each in upstream(stage)}
    referred |= {each for block in pipeline.blocks for each in block_upstream(block)}
    named = [each.id for each in pipeline.stages if each.id in referred or bound(each) is not None]
    checked = checked_parameters(pipeline)
    predicates = {
        each.id: predicate_component(
            each, names.take(f"{python_name(each.id)}_holds"), partial(passes.is_text, each.id)
        )
        for each in whens
    }
    conditions = {each.id: names.take(python_name(each.id)) for each in whens}
    collected = tuple(dict.fromkeys(each for found in passes.collected.values() for each in found))
    kinds = {each: _gathered(each, made, passes) for each in collected}
    by_kind = {kind: Gathering(names.take(_GATHERINGS[kind]), *kind) for kind in dict.fromkeys(kinds.values())}
    return Scope(
        pipeline=pipeline,
        paths=paths,
        nodes=nodes,
        passing=passes,
        function=function,
        check=check,
        run=run,
        moments={each: names.take(_MOMENTS[each]) for each in moments(pipeline)},
        texts={each.name: names.take(f"{each.name}_text") for each in checked if each.name in shown},
        components=made,
        tasks={each: names.take(f"{python_name(each)}_task") for each in named},
        predicates=predicates,
        conditions=conditions
        | {each.id: names.take(f"{python_name(each.subject)}_given") for each in paths.givens.values()},
        loops={
            each.id: items_component(
                pipeline, each, names.take(f"{python_name(each.id)}_items"), partial(source_wire, pipeline)
            )
            for each in loops
        },
        prepared={each.id: names.take(f"{python_name(each.id)}_items_task") for each in loops},
        items={each.id: names.take(each.items[0].name) for each in loops},
        slots={each.id: slots(pipeline, each) for each in loops},
        gatherings={each: by_kind[kind] for each, kind in kinds.items()},
        gathered={each: names.take(f"{_stem(each)}_values") for each in collected},
        empty={each: names.take(f"{_decider(passes, each)}_empty") for each in passes.collected},
        marks={each: names.take(f"{_decider(passes, each)}_skipped") for each in passes.marked},
        passed={
            (group, each): names.take(f"{_stem(each)}_passed")
            for group, found in passes.passed.items()
            for each in found
        },
        joined={
            (group, each): names.take(f"{_stem(each)}") for group, found in passes.joined.items() for each in found
        },
        is_checked=bool(checked),
        exit=exit_component(pipeline, names),
    )


def reached(passes: Passing) -> Reached:
    """How values and artifacts reach stages."""
    return Reached(passes.is_text, frozenset(passes.records))


def _decider(passes: Passing, group: Group) -> str:
    node = passes.nodes[group]
    return python_name(node.loop if isinstance(node, Repeated) else node.decider.replace(" ", "_"))


#: What collects values that travel as JSON, or as texts; and where some may have been skipped.
_GATHERINGS = {
    (True, False): "collect_values",
    (False, False): "collect_texts",
    (True, True): "collect_given_values",
    (False, True): "collect_given_texts",
}


def _gathered(value: Collected | AllEnded, made: Mapping[str, Lowered], passes: Passing) -> tuple[bool, bool]:
    """Whether what is collected travels as JSON, and whether some of it may have been skipped."""
    as_json = not isinstance(value.of, Ended)
    if isinstance(value.of, ResultRef):
        producer = made[value.of.stage]
        output = next(each for each in producer.component.outputs if each.name == producer.values[value.of.field])
        # On its way out of a condition, a number or a bool has become text.
        as_json = bool(output.note) or output.annotation != "str"
    return as_json, value.of in passes.passed.get(passes.body(value), ())


def _stem(value: Wanted) -> str:
    """A name for it, as a part of one."""
    match value:
        case FirstOf():
            return "_or_".join(map(_stem, value.options))
        case Collected() | AllEnded():
            return _stem(value.of)
        case Ended():
            return f"{python_name(value.stage)}_ended"
        case ArtifactRef():
            return f"{python_name(value.stage)}_{value.output}"
    return "_".join((python_name(value.stage), *([value.field] if value.field else [])))
