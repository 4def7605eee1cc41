"""The names in the generated module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portable_pipeline.codegen.calls import FreeNames
from portable_pipeline.codegen.literals import Source
from portable_pipeline.codegen.names import python_name
from portable_pipeline.ir import Branch, Collected, Loop, Pipeline, Stage, Value
from portable_pipeline.ir import Record as RecordType
from portable_pipeline.ir.control import values_of
from portable_pipeline.ir.graph import order_only, stages_of
from ppc_prefect.control import Control
from ppc_prefect.names import CONTROL_NAMES, MODULE_NAMES, MOMENT_NAMES, PREFECT_NAMES, in_bodies
from ppc_prefect.parameters import record_types

#: What a task takes from upstream: a stage's answer, or with a loop the answers for all items of that loop.
Upstream = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Scope:
    """The names in the generated module.

    Args:
        flow: Of the flow's function.
        helpers: Of our own functions, where they are used.
        tasks: Of the task's function for each stage; a task that takes the stage's answer calls it so, too.
        futures: Of the variable with the future for each stage, and for what is collected from a loop.
        collected: Of the parameter that takes the answers for all items of a loop.
        saved: Of the variable for what a primary or its stand-in gave.
        records: Of the class for each record type of the parameters.
        blocks: Of the task's function for each gate and loop; a task that takes a gate's answer calls it so, too.
        block_futures: Of the variable with the future for each of these.
        runs: Of the function that submits the stages of one item, for each loop.
        items: Of its parameter with the item.
        item_keys: Of its parameter with what names the item in addresses.
        values: Of the parameter that takes a value of the item, by loop and list.
        instance: Of the parameter that says for which item a task runs: `"[0]"`.
    """

    pipeline: Pipeline
    control: Control
    flow: Source
    helpers: Mapping[str, Source]
    tasks: Mapping[str, Source]
    futures: Mapping[Upstream, Source]
    collected: Mapping[Upstream, Source]
    saved: Mapping[str, Source]
    records: Mapping[RecordType, Source]
    blocks: Mapping[str, Source]
    block_futures: Mapping[str, Source]
    runs: Mapping[str, Source]
    items: Mapping[str, Source]
    item_keys: Mapping[str, Source]
    values: Mapping[tuple[str, str], Source]
    instance: Source

    @property
    def gathered(self) -> tuple[Upstream, ...]:
        """What is collected, the innermost loops first."""
        return tuple(self.collected)

    def answer(self, upstream: Upstream) -> Source:
        """The name of the parameter that takes it."""
        stage, loop = upstream
        return self.tasks[stage] if loop is None else self.collected[upstream]

    def future(self, upstream: Upstream) -> Source:
        """The name of the variable whose future gives it."""
        stage, loop = upstream
        return self.saved[stage] if loop is None and stage in self.saved else self.futures[upstream]


def upstreams_of(value: Value) -> tuple[Upstream, ...]:
    """What a value is taken from."""
    if isinstance(value, Collected):
        return tuple((stage, value.loop) for stage in stages_of(value))
    return tuple((stage, None) for stage in stages_of(value))


def waited_for(stage: Stage, control: Control) -> tuple[Upstream, ...]:
    """What a stage only waits for."""
    loops = ((each, control.inner_loop(each, stage.block)) for each in order_only(stage))
    return tuple((each, None if loop is None else loop.id) for each, loop in loops)


def scope_of(pipeline: Pipeline) -> Scope:
    """Names for everything; those that the user wrote stay where they can."""
    control = Control(pipeline)
    parameters = [each.name for each in pipeline.parameters]
    helpers = in_bodies(parameters)
    names = FreeNames({*parameters, *helpers.values(), *MODULE_NAMES, *MOMENT_NAMES, *PREFECT_NAMES})
    types = dict.fromkeys(each for given in pipeline.parameters for each in record_types(given.type))
    records = {each: names.take(each.name.rpartition(".")[2]) for each in types}
    if pipeline.blocks or control.skips or control.has_run_hooks or control.has_stage_hooks:
        names.keep(CONTROL_NAMES)
    tasks = {stage.id: names.take(python_name(stage.id)) for stage in pipeline.stages}
    flow = names.take(python_name(pipeline.name))
    futures: dict[Upstream, Source] = {(stage, None): names.take(python_name(f"{stage}_run")) for stage in tasks}
    gathered = tuple(dict.fromkeys(_gathered(pipeline, control)))
    primaries = [stage.id for stage in pipeline.stages if stage.fallback is not None]
    shown: list[Branch | Loop] = [*control.gates, *control.loops]
    return Scope(
        pipeline=pipeline,
        control=control,
        flow=flow,
        helpers=helpers,
        tasks=tasks,
        futures=futures | {each: names.take(python_name(f"all_{each[0]}_run")) for each in gathered},
        collected={each: names.take(python_name(f"all_{each[0]}")) for each in gathered},
        saved={stage: names.take(python_name(f"{stage}_or_else_run")) for stage in primaries},
        records=records,
        blocks={block.id: names.take(python_name(block.id)) for block in shown},
        block_futures={block.id: names.take(python_name(f"{block.id}_run")) for block in shown},
        runs={loop.id: names.take(python_name(f"run_{loop.id}")) for loop in control.loops},
        items={loop.id: names.take(python_name(f"{loop.id}_item")) for loop in control.loops},
        item_keys={loop.id: names.take(python_name(f"{loop.id}_key")) for loop in control.loops},
        values=_items(control, names),
        instance=names.take("instance"),
    )


def _items(control: Control, names: FreeNames) -> dict[tuple[str, str], Source]:
    """Loops side by side may call their items the same; one in another may not."""
    found: dict[tuple[str, str], Source] = {}
    taken: dict[tuple[str, int], Source] = {}
    for loop in control.loops:
        outer = [each.name for around in control.loops_of(loop.parent) for each in around.items]
        for each in loop.items:
            place = (each.name, outer.count(each.name))
            if place not in taken:
                taken[place] = names.take(python_name(each.name))
            found[loop.id, each.name] = taken[place]
    return found


def _gathered(pipeline: Pipeline, control: Control) -> Iterator[Upstream]:
    """What consumers collect, each after what it is collected from in turn."""
    values = [each.value for stage in pipeline.stages for each in stage.inputs]
    values += [each for block in pipeline.blocks for each in values_of(block)]
    wanted = [each for value in values for each in upstreams_of(value)]
    wanted += [each for stage in pipeline.stages for each in waited_for(stage, control)]
    for stage, loop in wanted:
        loops = [each.id for each in control.loops_of(control.stages[stage].block)]
        if loop is not None:
            yield from ((stage, each) for each in reversed(loops[loops.index(loop) :]))
