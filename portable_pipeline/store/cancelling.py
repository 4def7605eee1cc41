"""Ending a run of another process."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from portable_pipeline.store.locks import holder, works_on
from portable_pipeline.store.project import Project
from portable_pipeline.store.records import RunRecord

_LOOK_SECONDS = 0.05


def cancel(project: Project, run: RunRecord, *, within_seconds: float) -> RunRecord:
    """Ask the process of a run to end it; a run that has none is noted as cancelled.

    Args:
        within_seconds: How long to wait for the end.

    Returns:
        The run as it is then; one that had ended is as it was.

    Raises:
        Refused: If nothing can be written.
    """
    deadline = time.monotonic() + within_seconds
    folder = project.run_folder(run.id)
    asked = False
    while (process := holder(folder)) is not None and time.monotonic() < deadline:
        asked = asked or _ask(process, folder)
        time.sleep(_LOOK_SECONDS)
    found = project.run(run.id)
    if found.state != "interrupted":
        return found
    with project.lock(run.id):
        project.note_cancelled(run.id)
    return project.run(run.id)


def _ask(process: int, folder: Path) -> bool:
    """Ask a process to end, if it is the one that works on the run; whether it was."""
    if not process or not works_on(process, folder):
        return False
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGTERM)
    return True
