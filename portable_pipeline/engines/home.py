"""Where environments and caches live, and how processes that share them keep out of each other's way."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path

HOME_VARIABLE = "PPC_HOME"


def home() -> Path:
    """The folder of everything that is kept between commands: `PPC_HOME`, else the user's cache folder."""
    given = os.environ.get(HOME_VARIABLE)
    return Path(given).expanduser().resolve() if given else user_cache_path("portable-pipeline")


def engines_folder() -> Path:
    """One folder for each installed engine."""
    return home() / "engines"


def overlays_folder() -> Path:
    """One folder for each set of packages that pipelines asked for."""
    return home() / "packages"


def cache_folder(name: str) -> Path:
    """A folder for what a driver or a compiler wants to find again next time; made when missing."""
    folder = home() / "cache" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold a lock among all processes of this machine that share the home.

    The system lets go of it when the process ends, however it ends.
    """
    import fcntl

    folder = home() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
