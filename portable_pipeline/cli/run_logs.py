"""What the attempts of a stage have printed."""

from __future__ import annotations

from collections.abc import Iterator

from portable_pipeline.cli.run_table import redactor_of
from portable_pipeline.diagnostics import Refused
from portable_pipeline.diagnostics.catalog.store import NoSuchStage
from portable_pipeline.diagnostics.suggest import did_you_mean
from portable_pipeline.store import AttemptRecord, Project, RunRecord


def logs_of(project: Project, run: RunRecord, stage: str) -> Iterator[str]:
    """The lines of all attempts of a stage, or of all items of a stage in a loop.

    Raises:
        Refused: If the run has no such stage.
    """
    attempts, stages = project.attempts(run.id), project.stages(run.id)
    wanted = [each for each in attempts if stage in (each.stage, each.stage.partition("[")[0])]
    known = {each.id for each in stages}
    if not wanted and stage not in known:
        raise Refused([NoSuchStage(stage=stage, suggestion=did_you_mean(stage, known))])
    redactor = redactor_of(run, project.pipeline(run.id), stages)
    return map(redactor.text, _lines(project, run, wanted))


def _lines(project: Project, run: RunRecord, attempts: list[AttemptRecord]) -> Iterator[str]:
    for each in attempts:
        yield f"--- {each.stage}, attempt {each.number}: {each.state}"
        log = project.log(run.id, each.stage, each.number)
        if log.exists():
            with log.open(encoding="utf-8", errors="replace") as file:
                yield from (line.rstrip("\n") for line in file)
