"""Pipelines with code of their own, generated into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portable_pipeline.backend import backend
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.ir import (
    Constant,
    ExtractedModule,
    ParameterRef,
    Pipeline,
    PythonBody,
    RunDate,
    Stage,
    Statement,
    ValueInput,
)
from portable_pipeline.ir.types import DATE, FLOAT, STR
from tests.unit.backends.prefect_pipelines import parameter

WORK = """\
from datetime import date
import os, subprocess, time


def work(folder: str, seconds: float, day: date, version: str) -> str:
    child = subprocess.Popen(["sleep", "600"])
    with open(os.path.join(folder, "pids"), "a") as file:
        file.write(f"{os.getpid()} {child.pid}\\n")
    with open(os.path.join(folder, "days"), "a") as file:
        file.write(f"{day}\\n")
    time.sleep(seconds)
    return f"{version} {day.isoformat()}"
"""


def generate(folder: Path, version: str, degrade: tuple[str, ...] = (), **rest: Any) -> Path:
    """Generate the flow `slow`: its one stage notes processes and date, sleeps, and returns version and date."""
    statement = Statement(text=WORK, line=1, defines=("work",))
    stage = Stage(
        id="work",
        body=PythonBody(module="steps", function="work"),
        inputs=(
            ValueInput(name="folder", type=STR, value=ParameterRef(name="folder")),
            ValueInput(name="seconds", type=FLOAT, value=ParameterRef(name="seconds")),
            ValueInput(name="day", type=DATE, value=RunDate()),
            ValueInput(name="version", type=STR, value=Constant(value=version)),
        ),
        result=STR,
    )
    pipeline = Pipeline(
        **{
            "name": "slow",
            "source": "slow.py",
            "parameters": (parameter("folder"), parameter("seconds", FLOAT, default=0.0)),
            "stages": (stage,),
            "modules": (ExtractedModule(name="steps", file="slow.py", statements=(statement,)),),
            **rest,
        }
    )
    for file in compile_pipeline(pipeline, backend("prefect"), degrade):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    return folder
