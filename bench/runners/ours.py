"""This runner: in this process, and as a command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portable_pipeline.capture import load
from portable_pipeline.ir import Pipeline
from portable_pipeline.runner import run_locally
from runners.contestant import Facts, Prepare, Run, Shape

_KEPT = "all, SQLite, a synchronous commit each step; a log for each attempt that prints"
VARIANTS = {
    "api": Facts(None, "resumes", _KEPT, "clean", "`run_locally` in this process"),
    "command": Facts(None, "resumes", _KEPT, "clean", "`ppc run FILE`, from the shell to its end"),
}

_HEAD = '''"""For measuring."""

from portable_pipeline import collect, each, pipeline, stage


@stage
def step(number: int) -> int:
    """Count."""
    return number + 1


@stage
def one(index: int) -> int:
    """Take no time."""
    return 1


@stage
def join(numbers: list[int]) -> int:
    """Add up."""
    return sum(numbers)


@pipeline
def {name}():
    """Measured."""
'''


@contextmanager
def opened(variant: str, folder: Path) -> Iterator[Prepare]:
    """Ready at once: there is no server."""
    project = folder / ".ppc"

    def prepare(shape: Shape, size: int) -> Run:
        file = write_pipeline(folder, shape, size)
        if variant == "command":
            return lambda: by_command(file, project)
        pipeline = load(str(file)).pipeline
        return lambda: in_process(pipeline, project)

    yield prepare


def write_pipeline(folder: Path, shape: Shape, size: int) -> Path:
    """The file of a pipeline, as a person would write it."""
    name = f"{shape}_{size}"
    if shape == "chain":
        lines = ["number = step(0)", *["number = step(number)"] * (size - 1)]
    else:
        lines = [f"join(collect(one.map(index=each({list(range(size))}))))"]
    path = folder / f"{name}.py"
    path.write_text(_HEAD.format(name=name) + "".join(f"    {line}\n" for line in lines), encoding="utf-8")
    return path


def in_process(pipeline: Pipeline, project: Path) -> int:
    """Run it here; the last stage's result."""
    outcome = run_locally(pipeline, project=project)
    if outcome.state != "success":
        raise SystemExit(str(outcome.to_json()))
    result: int = outcome.stages[-1].result
    return result


def by_command(file: Path, project: Path) -> int:
    """Run it as a user does; the last stage's result."""
    ppc = str(Path(sys.executable).with_name("ppc"))
    command = [ppc, "run", str(file), "--project", str(project), "--output-format", "json"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    result: int = json.loads(done.stdout)["stages"][-1]["result"]
    return result
