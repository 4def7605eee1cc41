"""Which runs a backfill still has to do (D6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import JsonValue

from portable_pipeline.store import Project, RunRecord

#: What is done about a fire time: a new run, the rest of one that has not succeeded, or nothing, because its run has
#: succeeded or is under way.
Need = Literal["run", "resume", "done", "running"]


@dataclass(frozen=True, slots=True)
class Due:
    """A fire time.

    Args:
        run: Id of its last run with these parameters, if there is one.
    """

    moment: datetime
    need: Need
    run: str | None = None


def due(
    project: Project,
    pipeline: str,
    moments: Iterable[datetime],
    parameters: Mapping[str, JsonValue],
    *,
    force: bool = False,
) -> tuple[Due, ...]:
    """The fire times, in order, each with what is to be done about it.

    Args:
        pipeline: Its name.
        parameters: Of the runs, defaults included; runs with others do not count.
        force: Whether a run is wanted although there is one that has succeeded.

    Raises:
        Refused: If the runs cannot be read.
    """
    latest: dict[datetime, RunRecord] = {}
    for run in project.runs(pipeline=pipeline):  # the newest first
        if run.parameters == parameters:
            latest.setdefault(datetime.fromisoformat(run.moment), run)
    return tuple(_due(moment, latest.get(moment), force) for moment in moments)


def _due(moment: datetime, run: RunRecord | None, force: bool) -> Due:
    if run is None or (force and run.state != "running"):
        return Due(moment, "run")
    needs: dict[str, Need] = {"success": "done", "running": "running"}
    return Due(moment, needs.get(run.state, "resume"), run.id)
