"""Where environments and caches live, and how processes that share them keep out of each other's way."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path

from portable_pipeline.diagnostics import Refused
from portable_pipeline.diagnostics.catalog.engines import HomeNotWritable

HOME_VARIABLE = "PPC_HOME"


def home() -> Path:
    """The folder of everything that is kept between commands: `PPC_HOME`, else the user's cache folder.

    Raises:
        Refused: If the user has no home, as in a container that runs as somebody whom it does not know.
    """
    given = os.environ.get(HOME_VARIABLE)
    try:
        return Path(given).expanduser().resolve() if given else user_cache_path("portable-pipeline")
    except RuntimeError as error:
        folder = given or "the user's cache folder"
        raise Refused([HomeNotWritable(folder=folder, reason="this user has no home folder")]) from error


def engines_folder() -> Path:
    """One folder for each installed engine."""
    return home() / "engines"


def overlays_folder() -> Path:
    """One folder for each set of packages that pipelines asked for."""
    return home() / "packages"


def cache_folder(name: str) -> Path:
    """A folder for what a driver or a compiler wants to find again next time; made when missing."""
    return present(home() / "cache" / name)


def present(folder: Path) -> Path:
    """The folder itself, there from now on.

    Raises:
        Refused: If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused([HomeNotWritable(folder=str(folder), reason=error.strerror or str(error))]) from error
    return folder


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold a lock among all processes of this machine that share the home.

    The system lets go of it when the process ends, however it ends.

    Raises:
        Refused: If the home cannot be written.
    """
    import fcntl

    with (present(home() / "locks") / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
