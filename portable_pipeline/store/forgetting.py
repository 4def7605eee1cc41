"""Old runs, and folders of runs that nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from portable_pipeline.diagnostics import Diagnostic, Refused
from portable_pipeline.store.locks import Held, RunLock, holder
from portable_pipeline.store.project import Project
from portable_pipeline.store.records import RunRecord
from portable_pipeline.store.removing import remove, unreadable


@dataclass(frozen=True, slots=True)
class Outdated:
    """What of a project is not needed any more, or was not.

    Args:
        orphans: Folders of runs that the database does not know and that no process works on.
        left: Why something of it stays.
    """

    runs: Sequence[RunRecord]
    orphans: Sequence[Path]
    left: Sequence[Diagnostic] = ()


def outdated(project: Project, before: float) -> Outdated:
    """The runs that were created before, in seconds since the epoch, and are not under way; and all orphans.

    Raises:
        Refused: If the runs cannot be read.
    """
    orphans: list[Path] = []
    left: list[Diagnostic] = []
    with project.usable():
        for folder in project.folders("runs"):
            try:
                if not project.knows(folder.name) and holder(folder) is None:
                    orphans.append(folder)
            except OSError as error:
                left.append(unreadable(folder, error))
    runs = [each for each in project.runs(until=before) if each.state != "running"]
    return Outdated(runs, orphans, left)


def forget(project: Project, wanted: Outdated) -> Outdated:
    """Remove that, without what has begun or goes on meanwhile; what was removed, and why the rest stays.

    Orphans go first: where the disk is full, the database needs their room.
    """
    left = list(wanted.left)
    orphans = [folder for folder in wanted.orphans if _removed(project, folder, None, left)]
    runs = [run for run in wanted.runs if _removed(project, project.run_folder(run.id), run.id, left)]
    return Outdated(runs, orphans, left)


def _removed(project: Project, folder: Path, run: str | None, left: list[Diagnostic]) -> bool:
    """Whether nobody has kept it from being removed; adds to what is left of it.

    Args:
        run: Whose folder it is; None if nobody knows it.
    """
    try:
        lock = RunLock(folder)
    except Held:
        return False
    except OSError as error:
        left.append(unreadable(folder, error))
        return False
    with lock:
        if run is None:
            if project.knows(folder.name):  # it began a moment ago, and has ended
                return False
        else:
            try:
                project.delete(run)
            except Refused as refused:
                left += refused.diagnostics
                return False
        problem = remove(folder)
        left += [problem] if problem else []
        return problem is None or run is not None
