"""What processes that were killed have left outside of the folders of runs, and what no run under way needs.

Whether somebody needs it is for locks to say, which the system lets go of however a process ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from portable_pipeline.codegen.names import RUNTIME_PACKAGE
from portable_pipeline.diagnostics.catalog.store import NotRemoved
from portable_pipeline.runner.addresses import addresses
from portable_pipeline.runner.code import other_runtimes, set_aside
from portable_pipeline.runtime.errors import ArtifactError
from portable_pipeline.runtime.files import local_path
from portable_pipeline.store import Project, RunRecord
from portable_pipeline.store.leftover import Kind, Leftover, if_unused, nothing
from portable_pipeline.store.locks import Held, RunLock, holder
from portable_pipeline.store.removing import remove, unreadable

_STAGING = f".{RUNTIME_PACKAGE}"


def leftovers(project: Project, *, remove_them: bool) -> Iterator[Leftover]:
    """Each of them, removed if that is wanted.

    Relative addresses count from the current folder and from the one that the project is in.

    Raises:
        Refused: If the runs cannot be read.
    """
    for place, run in sorted(_staging_folders(project, project.runs()).items()):
        yield from _staged(place, run, remove_them)
    yield from _runtimes(project.runtime_folder, remove_them)
    yield from _backfills(project, remove_them)


def _staging_folders(project: Project, runs: Iterable[RunRecord]) -> dict[Path, str]:
    """Where attempts of runs put what they have not finished, if they have had any, each with one of the runs."""
    bases = (Path.cwd(), project.folder.parent)
    found: dict[Path, str] = {}
    for run in runs:
        for address in addresses(project, run):
            for base in bases:
                with suppress(ArtifactError):  # it is on another machine
                    path = local_path(address if "://" in address else str(base / address))
                    found.setdefault(path.parent / _STAGING, run.id)
    return found


def _staged(above: Path, run: str, remove_them: bool) -> Iterator[Leftover]:
    try:
        if above.is_symlink() or not above.is_dir():
            return
        inside = sorted(above.iterdir())
    except OSError as error:
        yield Leftover(above, "staging", run, unreadable(above, error))
        return
    for each in inside:
        if re.fullmatch("[0-9a-f]{8}", each.name) and each.is_dir() and not each.is_symlink():
            yield from if_unused(Leftover(each, "staging", run), _remove_staged if remove_them else _only_copy)
    if not inside:
        yield Leftover(above, "staging", run)
    if remove_them:
        with suppress(OSError):  # somebody stages there, or it holds something else
            above.rmdir()


def _remove_staged(folder: Path) -> NotRemoved | None:
    return _only_copy(folder) or remove(folder)


def _only_copy(folder: Path) -> NotRemoved | None:
    """That there is something in it which stood at an address, and was about to be replaced, if so."""
    for each in folder.glob("*.previous"):
        address = folder.parents[1] / each.stem
        if not address.exists():
            return NotRemoved(
                path=str(folder), reason=f"`{each.name}` in it is what stood at {address}, where nothing is now"
            )
    return None


def _runtimes(folder: Path, remove_them: bool) -> Iterator[Leftover]:
    try:
        found = list(other_runtimes(folder))
    except OSError as error:
        yield Leftover(folder, "other_runtime", problem=unreadable(folder, error))
        return
    for each, is_whole in found:
        kind: Kind = "other_runtime" if is_whole else "unfinished_runtime"
        # One that is removed halfway must not be found by whoever needs it.
        how = (lambda path: remove(set_aside(path))) if is_whole else remove
        yield from if_unused(Leftover(each, kind), how if remove_them else nothing)


def _backfills(project: Project, remove_them: bool) -> Iterator[Leftover]:
    try:
        found = project.folders("backfills")
    except OSError as error:
        folder = project.folder / "backfills"
        yield Leftover(folder, "backfill", problem=unreadable(folder, error))
        return
    for each in found:
        if re.fullmatch("[0-9a-f]{16}", each.name):
            try:
                if holder(each) is None:
                    yield Leftover(each, "backfill", problem=_remove_lock(each) if remove_them else None)
            except Held:
                continue  # it has just begun
            except OSError as error:
                yield Leftover(each, "backfill", problem=unreadable(each, error))


def _remove_lock(folder: Path) -> NotRemoved | None:
    with RunLock(folder):
        return remove(folder)
