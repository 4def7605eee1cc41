"""uv, which makes the environments: finding a Python, making a venv, installing into it, saying what went wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from portable_pipeline.diagnostics import Refused
from portable_pipeline.diagnostics.catalog.engines import InstallFailed, NoPythonForEngine

#: Variables of a developer's shell that would leak another environment into ours.
FOREIGN_VARIABLES = (
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "PYTHONDONTWRITEBYTECODE",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "UV_PROJECT_ENVIRONMENT",
)
#: What people have told pip about their index holds for uv too, unless they told uv something else.
_PIP_TO_UV = {
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_FIND_LINKS": "UV_FIND_LINKS",
    "PIP_CERT": "SSL_CERT_FILE",
}
#: A pattern of uv's message, the cause in our words, and what to do: first match wins.
_CAUSES = (
    (
        r"No space left on device|os error 28",
        "the disk is full",
        "make room, or move the home elsewhere with PPC_HOME",
    ),
    (
        r"Permission denied|os error 13",
        "a folder cannot be written",
        "check the permissions, or move the home elsewhere with PPC_HOME",
    ),
    (
        r"No solution found|Because .* depend",
        "the requirements contradict each other, or one of them does not exist",
        "loosen the requirement that uv names below",
    ),
    (
        r"error sending request|dns error|Failed to fetch|tcp connect|Connection refused|timed out|certificate",
        "the package index cannot be reached",
        "check the network; an index other than PyPI is set with UV_DEFAULT_INDEX",
    ),
    (
        r"Failed to build|build backend|Failed to parse",
        "a package could not be built or is not written as pip expects",
        "ask for a version that has a wheel for this Python",
    ),
)


def find_python(engine: str, minors: Sequence[int]) -> Path:
    """A Python of one of the minor versions: the one that runs us if it fits, else the first that uv finds or fetches.

    Raises:
        Refused: If there is none.
    """
    if sys.version_info.minor in minors:
        return base_python()
    wanted = [f"3.{minor}" for minor in minors]
    for command in (["python", "find", "--system", "--no-project", "--no-python-downloads"], ["python", "install"]):
        for version in wanted:
            if _run_uv([*command, version]).returncode == 0:
                found = _run_uv(["python", "find", "--no-project", version])
                if found.returncode == 0:
                    return Path(found.stdout.strip())
    raise Refused([NoPythonForEngine(engine=engine, pythons=", ".join(wanted), best=wanted[0])])


def base_python() -> Path:
    """The interpreter that runs us, outside of any virtual environment."""
    return Path(getattr(sys, "_base_executable", None) or sys.executable)


def make_venv(folder: Path, python: Path) -> None:
    """An empty virtual environment, in the place of whatever was there.

    Raises:
        Refused: If it cannot be made.
    """
    _uv(f"a virtual environment with {python}", ["venv", "--clear", "--quiet", "--python", str(python), str(folder)])


def install(what: str, python: Path, arguments: Sequence[str]) -> None:
    """Install packages into the environment of `python`, with bytecode: imports are many times slower without.

    Args:
        what: How an error names what is installed.
        arguments: Requirements and options, as `uv pip install` takes them.

    Raises:
        Refused: If uv fails.
    """
    _uv(what, ["pip", "install", "--quiet", "--compile-bytecode", "--python", str(python), *arguments])


def site_packages(python: Path) -> Path:
    """The folder of installed packages of the environment of `python`."""
    return next((python.parent.parent / "lib").glob("python3.*")) / "site-packages"


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our environment variables without those that would leak our own Python into another."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN_VARIABLES}
    return {**kept, **(extra or {})}


def _uv(what: str, arguments: Sequence[str]) -> None:
    done = _run_uv(arguments)
    if done.returncode != 0:
        raise Refused([_failure(what, done.stderr.strip() or done.stdout.strip())])


def _run_uv(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    from uv import find_uv_bin

    index = {uv: os.environ[pip] for pip, uv in _PIP_TO_UV.items() if pip in os.environ and uv not in os.environ}
    return subprocess.run(
        [find_uv_bin(), *arguments], env=clean_environment(index), capture_output=True, text=True, check=False
    )


def _failure(what: str, message: str) -> InstallFailed:
    message = re.sub(r"\x1b\[[0-9;]*m", "", message)
    for pattern, cause, suggestion in _CAUSES:
        if re.search(pattern, message):
            return InstallFailed(what=what, reason=cause, suggestion=f"{suggestion}\n{message}")
    return InstallFailed(what=what, reason="uv failed", suggestion=message)
