"""A pipeline's own packages, in an environment of their own: over an engine's, or over nothing for a local run."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from portable_pipeline.engines import installer
from portable_pipeline.engines.environments import Environment, lock_file
from portable_pipeline.engines.home import locked, overlays_folder, present

_MARKER = "ppc-packages.json"


def python_with(
    packages: Sequence[str], engine: Environment | None = None, say: Callable[[str], None] = lambda line: None
) -> Path:
    """An interpreter that can import the packages, and the engine when one is given.

    Without packages it is the engine's own, or ours. With packages an environment is made, once for each set of them.
    They are held to the versions of the engine's lock file, so that they cannot pull a module away from under it.

    Args:
        packages: Requirements, as for pip.
        engine: What to layer over; without it the packages stand alone.
        say: Takes a line when they have to be installed first.

    Raises:
        Refused: If they cannot be installed.
    """
    if not packages:
        return engine.python if engine else Path(sys.executable)
    base = engine.python if engine else installer.base_python()
    key = _key(packages, base, engine)
    folder = overlays_folder() / key
    with locked(f"packages-{key}"):
        python = folder / "bin" / "python"
        if not ((folder / _MARKER).is_file() and python.exists()):
            say(f"installing {', '.join(packages)}")
            _make(folder, packages, base, engine)
    return python


def _make(folder: Path, packages: Sequence[str], base: Path, engine: Environment | None) -> None:
    present(folder.parent)
    installer.make_venv(folder, base)
    python = folder / "bin" / "python"
    constraints = ["--constraints", str(lock_file(engine.engine))] if engine else []
    installer.install("the pipeline's packages", python, [*constraints, *packages])
    if engine:
        # `addsitedir` rather than the bare path: the engine's own .pth files then count as well.
        below = str(installer.site_packages(engine.python))
        line = f"import site; site.addsitedir({below!r})\n"
        (installer.site_packages(python) / "zz_engine.pth").write_text(line, encoding="utf-8")
    (folder / _MARKER).write_text(
        json.dumps({"packages": list(packages), "python": str(base)}) + "\n", encoding="utf-8"
    )


def _key(packages: Sequence[str], base: Path, engine: Environment | None) -> str:
    parts = [
        *sorted(packages),
        str(base.resolve()),
        str(engine.folder) if engine else "",
        engine.lock if engine else "",
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
