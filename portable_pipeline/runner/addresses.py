"""Where the attempts of a run that is kept may have written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone

from portable_pipeline.instances import Path
from portable_pipeline.ir import Loop, Pipeline
from portable_pipeline.ir.control import loops_around
from portable_pipeline.runner.bindings import Bindings, RunValues
from portable_pipeline.runner.moment import run_moment
from portable_pipeline.store import Project, RunRecord

#: Stands for now, which counts only for a run without a moment.
_EPOCH = datetime.fromtimestamp(0, timezone.utc)


def addresses(project: Project, run: RunRecord) -> set[str]:
    """The addresses of all outputs that can be told: those of a loop only while it is known what it runs over.

    Raises:
        Refused: If the runs cannot be read.
    """
    found = {each.uri for each in project.artifacts(run.id)}
    if run.state == "success" and not run.degraded:
        return found  # whatever has written has committed it
    try:
        pipeline = project.pipeline(run.id)
    except ValueError:  # it was captured by another version of ppc
        return found
    values = RunValues(pipeline, Bindings(run.parameters, run_moment(pipeline, run.moment, _EPOCH)))
    for stage in project.stages(run.id):
        if stage.returned:
            values.put(stage.id, stage.returned)
    return found | set(_outputs(pipeline, values))


def _outputs(pipeline: Pipeline, values: RunValues) -> Iterator[str]:
    blocks = {block.id: block for block in pipeline.blocks}
    paths: dict[tuple[str, ...], list[Path]] = {(): [()]}
    for stage in pipeline.stages:
        if stage.outputs:
            around = loops_around(blocks, stage.block)
            for path in _paths(around, values, paths):
                yield from values.outputs(stage, path).values()


def _paths(loops: Sequence[Loop], values: RunValues, known: dict[tuple[str, ...], list[Path]]) -> list[Path]:
    """Each item of the loops, the outermost first."""
    key = tuple(loop.id for loop in loops)
    if key not in known:
        known[key] = [
            (*path, index)
            for path in _paths(loops[:-1], values, known)
            for index in range(_count(loops[-1], path, values))
        ]
    return known[key]


def _count(loop: Loop, path: Path, values: RunValues) -> int:
    try:
        return values.count(loop, path)
    except Exception:  # what it runs over has not been returned, or is forgotten: it is not there in many ways
        return 0
