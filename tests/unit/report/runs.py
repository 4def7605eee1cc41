"""Runs that never were, written down as the runner writes them: quicker than real ones, and as long as one likes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pydantic import JsonValue

from portable_pipeline.ir import Constant, ItemRef, Items, Loop, Parameter, Pipeline, PythonBody, Stage, ValueInput
from portable_pipeline.ir.types import INT, STR
from portable_pipeline.report import run_page
from portable_pipeline.store import Journal, Project, RunRecord

BODY = PythonBody(module="pipeline", function="work")
RUN = "20260105T020000Z-abcdef"


class Night:
    """A run that is being written down."""

    def __init__(self, project: Project, journal: Journal) -> None:
        self.project = project
        self.journal = journal

    def attempt(self, stage: str, number: int, state: str, error: str | None = None, log: str = "") -> None:
        """An attempt that began and ended at once; `running` has not ended."""
        self.journal.attempt_started(stage, number)
        self.journal.note("attempt_started", stage, {"attempt": number})
        if log:
            self.project.log(RUN, stage, self.journal.number(stage, number)).write_text(log, encoding="utf-8")
        if state == "success":
            self.journal.attempt_ended(stage, number, "success")
            self.journal.note("attempt_succeeded", stage, {"attempt": number})
        elif state != "running":
            self.journal.attempt_ended(stage, number, state, error)
            self.journal.note("attempt_failed", stage, {"attempt": number})

    def stage(self, stage: str, state: str, result: JsonValue = None, **of: str) -> None:
        """A stage that one attempt has brought to its state."""
        if state in ("success", "failed", "running"):
            self.attempt(stage, 1, state, **of)
        if state == "success":
            self.journal.returned(stage, {"result": result}, 1)
        self.journal.stage(stage, state, int(state in ("success", "failed", "running")))


@contextmanager
def night(
    folder: Path, pipeline: Pipeline, parameters: Mapping[str, JsonValue] | None = None, ends: str = "success"
) -> Iterator[Night]:
    """A run of a pipeline.

    Args:
        ends: Its state; `interrupted` is not written down.
    """
    project = Project(folder)
    record = RunRecord(
        RUN, pipeline.name, "pipeline.py", parameters or {}, "2026-01-05T02:00:00+01:00", "running", time.time()
    )
    journal = Journal.begin(project, record, pipeline)
    try:
        yield Night(project, journal)
        if ends not in ("interrupted", "running"):
            journal.ended(ends, None, degraded=False, hook_errors=())
        journal.commit()
    finally:
        journal.close()
        project.close()


def page(folder: Path) -> str:
    """The page of that run."""
    project = Project(folder)
    try:
        return run_page(project, project.run(RUN), time.time())
    finally:
        project.close()


def looped(items: int) -> Pipeline:
    """`train`, once for each of so many items."""
    loop = Loop(id="for_each", items=(Items(name="item", value=Constant(value=list(range(items))), type=INT),))
    given = ValueInput(name="item", type=INT, value=ItemRef(loop="for_each", name="item"))
    stage = Stage(id="train", body=BODY, inputs=(given,), block="for_each")
    return Pipeline(name="large", source="pipeline.py", stages=(stage,), blocks=(loop,))


def parameter(name: str) -> Parameter:
    """A required text."""
    return Parameter(name=name, type=STR, required=True)
