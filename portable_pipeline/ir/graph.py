"""Queries on a pipeline's graph. Each is linear in stages and edges."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from portable_pipeline.ir.pipeline import Pipeline, Stage
from portable_pipeline.ir.values import (
    ArtifactRef,
    Collected,
    FirstOf,
    ParameterRef,
    ResultRef,
    RunDate,
    RunTime,
    Value,
)


def stages_of(value: Value) -> tuple[str, ...]:
    """Ids of the stages that a value comes from."""
    match value:
        case ResultRef() | ArtifactRef():
            return (value.stage,)
        case Collected():
            return stages_of(value.of)
        case FirstOf():
            return tuple(each.stage for each in value.options)
        case _:
            return ()


def data_upstream(stage: Stage) -> tuple[str, ...]:
    """Ids of the stages whose results or artifacts it takes, in order of its inputs, each once."""
    return tuple(dict.fromkeys(source for each in stage.inputs for source in stages_of(each.value)))


def upstream(stage: Stage) -> tuple[str, ...]:
    """Ids of all stages that must end before it starts (G1), data edges first, each once."""
    return tuple(dict.fromkeys((*data_upstream(stage), *stage.after)))


def order_only(stage: Stage) -> tuple[str, ...]:
    """Ids in `after` that no data edge implies already."""
    data = set(data_upstream(stage))
    return tuple(each for each in dict.fromkeys(stage.after) if each not in data)


def downstream(pipeline: Pipeline) -> dict[str, tuple[str, ...]]:
    """For each stage the ids of its direct consumers, in order of the pipeline."""
    found: dict[str, list[str]] = {stage.id: [] for stage in pipeline.stages}
    for stage in pipeline.stages:
        for each in upstream(stage):
            found[each].append(stage.id)
    return {key: tuple(value) for key, value in found.items()}


def in_topological_order(pipeline: Pipeline) -> tuple[Stage, ...]:
    """The stages so that each comes after all that it waits for (`control.waits`), otherwise as written.

    Raises:
        CycleError: If there is no such order (validation rules it out).
    """
    by_id = {stage.id: stage for stage in pipeline.stages}
    sorter = TopologicalSorter(_waits(pipeline))
    position = {stage.id: index for index, stage in enumerate(pipeline.stages)}
    sorter.prepare()
    ordered: list[Stage] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=position.__getitem__)
        ordered += [by_id[each] for each in ready]
        sorter.done(*ready)
    return tuple(ordered)


def find_cycle(pipeline: Pipeline) -> tuple[str, ...]:
    """The ids along one cycle, first and last the same; empty when there is none."""
    sorter = TopologicalSorter(_waits(pipeline))
    try:
        sorter.prepare()
    except CycleError as error:
        return tuple(reversed(error.args[1]))
    return ()


def used_parameters(stage: Stage) -> tuple[str, ...]:
    """Names of the pipeline parameters that its inputs and URIs need, each once."""
    values = [each.value for each in stage.inputs]
    parts = [part for output in stage.outputs for part in output.uri.parts]
    return tuple(dict.fromkeys(each.name for each in (*values, *parts) if isinstance(each, ParameterRef)))


def uses_run_date(stage: Stage) -> bool:
    """Whether it needs the run's date or time, as an argument or in a URI."""
    values = any(isinstance(each.value, RunDate | RunTime) for each in stage.inputs)
    return values or any(isinstance(part, RunDate) for output in stage.outputs for part in output.uri.parts)


def _waits(pipeline: Pipeline) -> dict[str, tuple[str, ...]]:
    from portable_pipeline.ir.control import waits  # it builds on this module

    return waits(pipeline)
