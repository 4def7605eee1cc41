"""The engines' environments: made from the lock files that ship with us, found again, listed, removed."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from portable_pipeline.backend import Backend
from portable_pipeline.diagnostics import Refused
from portable_pipeline.diagnostics.catalog.engines import EngineNotInstalled
from portable_pipeline.engines import installer
from portable_pipeline.engines.home import engines_folder, locked, present

#: Written last: an environment without it was interrupted while it was made. A venv cannot be moved into place.
_MARKER = "ppc-environment.json"


@dataclass(frozen=True, slots=True)
class Environment:
    """An engine that is installed and ready.

    Args:
        engine: Name of the target.
        version: Of the engine.
        python_version: Such as `3.12`.
        lock: Start of the lock file's SHA-256: another lock is another environment.
        size_bytes: On disk.
        folder: Of the virtual environment.
    """

    engine: str
    version: str
    python_version: str
    lock: str
    size_bytes: int
    folder: Path

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.folder / "bin" / "python"


def lock_file(engine: str) -> Path:
    """The exact versions that an engine's environment consists of."""
    return Path(__file__).parent / "locks" / f"{engine}.txt"


def install(target: Backend, say: Callable[[str], None] = lambda line: None) -> Environment:
    """The target's environment, made if it is not there yet. Safe to call from several processes at once.

    Args:
        say: Takes lines on the progress.

    Raises:
        Refused: If no Python fits, or the packages cannot be installed.
    """
    with locked(f"engine-{target.name}"):
        found = find(target)
        if found is not None:
            say(f"{target.name} {found.version} is installed (Python {found.python_version})")
            return found
        return _make(target, say)


def find(target: Backend) -> Environment | None:
    """The target's environment, if it is installed from the lock file that we ship now."""
    return next((each for each in installed(target.name) if each.lock == _lock_key(target.name)), None)


def require(target: Backend) -> Environment:
    """The target's environment.

    Raises:
        Refused: If it is not installed.
    """
    found = find(target)
    if found is None:
        raise Refused([EngineNotInstalled(engine=target.name)])
    return found


def installed(engine: str | None = None) -> tuple[Environment, ...]:
    """All ready environments, or one engine's, those of former lock files included.

    One whose Python has been removed from the machine is none any more.
    """
    markers = sorted(engines_folder().glob(f"{engine or '*'}-*/{_MARKER}"))
    return tuple(each for each in map(_read, markers) if each.python.exists())


def remove(engine: str) -> int:
    """Delete all environments of an engine, half-made ones too. Returns how many there were."""
    with locked(f"engine-{engine}"):
        folders = sorted(engines_folder().glob(f"{engine}-*"))
        for folder in folders:
            # The marker goes first: what is left of an interrupted removal is not taken for an environment.
            (folder / _MARKER).unlink(missing_ok=True)
            shutil.rmtree(folder)
        return len(folders)


def _make(target: Backend, say: Callable[[str], None]) -> Environment:
    base = installer.find_python(target.name, target.engine.pythons)
    folder = present(engines_folder()) / f"{target.name}-{_lock_key(target.name)}"
    say(f"{target.name} {target.engine.version}: installing with {base}")
    began = time.monotonic()
    installer.make_venv(folder, base)
    python = folder / "bin" / "python"
    installer.install(f"the engine `{target.name}`", python, ["--requirements", str(lock_file(target.name))])
    made = Environment(
        engine=target.name,
        version=target.engine.version,
        python_version=installer.site_packages(python).parent.name.removeprefix("python"),
        lock=_lock_key(target.name),
        size_bytes=sum(each.lstat().st_size for each in folder.rglob("*")),
        folder=folder,
    )
    _write(made)
    say(f"{target.name} {made.version}: ready in {time.monotonic() - began:.0f} s, {made.size_bytes / 1e6:.0f} MB")
    return made


def _lock_key(engine: str) -> str:
    return hashlib.sha256(lock_file(engine).read_bytes()).hexdigest()[:12]


def _write(made: Environment) -> None:
    facts = {name: value for name, value in asdict(made).items() if name != "folder"}
    draft = made.folder / f"{_MARKER}.draft"
    draft.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    draft.replace(made.folder / _MARKER)


def _read(marker: Path) -> Environment:
    return Environment(**json.loads(marker.read_text(encoding="utf-8")), folder=marker.parent)
