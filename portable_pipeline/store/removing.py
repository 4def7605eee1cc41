"""Removing what is not needed any more, as much of it as can be."""

from __future__ import annotations

import shutil
from pathlib import Path

from portable_pipeline.diagnostics.catalog.store import NotRemoved


def remove(folder: Path) -> NotRemoved | None:
    """Remove a folder with all that is in it; that some of it is left, and why, if so."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        shutil.rmtree(folder)  # says what the first one has passed over
    except FileNotFoundError:
        return None
    except OSError as error:
        # How much of its path is told depends on the version of Python.
        within = Path(str(error.filename)).name
        what = "it" if within == folder.name else f"`{within}` in it"
        return NotRemoved(path=str(folder), reason=f"{what} cannot be removed ({error.strerror or error})")
    return None


def unreadable(folder: Path, error: OSError) -> NotRemoved:
    """That nobody can tell whether a folder is needed."""
    return NotRemoved(path=str(folder), reason=f"it cannot be read ({error.strerror or error})")
