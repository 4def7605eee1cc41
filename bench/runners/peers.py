"""The environment of the others: from a lock file, made once for each state of it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

_LOCK = Path(__file__).resolve().parents[1] / "peers.txt"
_OLDEST = (3, 11)


def peers_python(build: Path) -> Path:
    """Its interpreter, of our version if the lock file has that; the environment is made if there is none.

    Args:
        build: The folder that has it.

    Raises:
        CalledProcessError: If it cannot be installed.
    """
    digest = hashlib.sha256(_LOCK.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = build / f"peers-{digest}"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        print(f"installing the others into {folder}", file=sys.stderr, flush=True)
        ours = sys.version_info[:2]
        version = ".".join(map(str, ours if ours >= _OLDEST else _OLDEST))
        shutil.rmtree(folder, ignore_errors=True)
        _uv("venv", "--quiet", "--python", version, str(folder))
        _uv("pip", "install", "--quiet", "--compile-bytecode", "--python", str(python), "--requirement", str(_LOCK))
        (folder / "ready").touch()
    return python


def _uv(*arguments: str) -> None:
    from uv import find_uv_bin

    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    subprocess.run([find_uv_bin(), *arguments], env=environment, check=True)
