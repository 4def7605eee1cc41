"""A folder of stages' code with the runtime copied into it, as beside a generated DAG."""

from __future__ import annotations

import shutil
import textwrap
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import portable_pipeline.runtime as runtime
from portable_pipeline.runtime.attempts import Attempt


class Stages:
    """Stages' code on disk, and attempts at them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log: list[str] = []
        here = Path(runtime.__file__).parent
        shutil.copytree(here, folder / "stage_runtime", ignore=shutil.ignore_patterns("__pycache__"))

    def write(self, source: str, module: str = "pipeline") -> None:
        (self.folder / f"{module}.py").write_text(textwrap.dedent(source), encoding="utf-8")

    def attempt(self, function: str = "stage", *, seconds: float | None = None, **given: Any) -> Attempt:
        return self._attempt({"function": f"pipeline:{function}"}, seconds, given)

    def command(self, command: str | list[str], *, seconds: float | None = None, **given: Any) -> Attempt:
        return self._attempt({"command": command}, seconds, given)

    def _attempt(self, work: dict[str, Any], seconds: float | None, given: dict[str, Any]) -> Attempt:
        outputs = given.pop("outputs", {})
        timeout = None if seconds is None else timedelta(seconds=seconds)
        return Attempt(
            work,
            stage="the_stage",
            inputs=given,
            outputs={name: str(uri) for name, uri in outputs.items()},
            timeout=timeout,
            emit=self.log.append,
            code=self.folder,
        )


@pytest.fixture
def stages(tmp_path: Path) -> Stages:
    folder = tmp_path / "stages_code"
    folder.mkdir()
    return Stages(folder)


def alive(process: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def until(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.01)
    return holds()


def written_pid(path: Path) -> int:
    """The process id that a stage writes into a file, once it is there."""
    assert until(lambda: path.exists() and path.read_text().endswith("\n")), path
    return int(path.read_text())
