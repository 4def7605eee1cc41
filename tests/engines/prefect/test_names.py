"""Names of users that the generated module has a use for itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from portable_pipeline.backend import backend
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.engines.session import Session
from portable_pipeline.engines.verify import verify
from portable_pipeline.ir import (
    CommandBody,
    Constraints,
    ExtractedModule,
    ParameterRef,
    Pipeline,
    PythonBody,
    ResultRef,
    Retry,
    RunDate,
    RunTime,
    Stage,
    Statement,
    ValueInput,
)
from portable_pipeline.ir.types import DATE, DATETIME, STR, TIMEDELTA
from tests.unit.backends.prefect_pipelines import parameter

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("prefect")]

PARAMETERS = (
    "Cancelled",
    "attempt",
    "attempt_command",
    "timedelta",
    "ending_attempts",
    "fire_date",
    "fire_time",
    "final_state",
    "is_cancelled",
    "list",
)
STAGES = ("flow", "task", "wait", "date", "dict", "Failed", "zone", "attempt", "churn", "print")


def hostile(when: ValueInput) -> Pipeline:
    """Each stage takes all parameters and what the one before it returned, and joins them."""
    code = "def join(**given: str) -> str:\n    return '/'.join(str(each) for each in given.values())\n"
    stages: list[Stage] = []
    for id in STAGES:
        before = [ValueInput(name="before", type=STR, value=ResultRef(stage=stages[-1].id))] if stages else [when]
        taken = [ValueInput(name=name, type=STR, value=ParameterRef(name=name)) for name in PARAMETERS]
        stages.append(
            Stage(
                id=id,
                body=PythonBody(module="steps", function="join"),
                inputs=(*taken, *before),
                result=STR,
                retry=Retry(retries=1, delay=timedelta(seconds=1)),
                timeout=timedelta(minutes=1),
            )
        )
    stages.append(Stage(id="echo", body=CommandBody(command=("echo", "{list}")), inputs=(taken[-1],)))
    return Pipeline(
        name="task",
        source="task.py",
        parameters=(
            *(parameter(name, default=name[0]) for name in PARAMETERS),
            parameter("datetime", TIMEDELTA, default=60.0),
            parameter("Field", STR, default="x", constraints=Constraints(min_length=1)),
        ),
        stages=tuple(stages),
        modules=(
            ExtractedModule(
                name="steps", file="task.py", statements=(Statement(text=code, line=1, defines=("join",)),)
            ),
        ),
    )


@pytest.mark.parametrize(
    "when",
    [
        ValueInput(name="day", type=DATE, value=RunDate()),
        ValueInput(name="instant", type=DATETIME, value=RunTime()),
    ],
    ids=["date", "time"],
)
def test_a_flow_of_hostile_names_is_what_the_pipeline_says_and_runs(
    session: Session, tmp_path: Path, when: ValueInput
) -> None:
    pipeline = hostile(when)
    for file in compile_pipeline(pipeline, backend("prefect")):
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    assert [each.message for each in verify(session, pipeline, tmp_path).found] == []
    answer = session.ask({"op": "run", "folder": str(tmp_path), "file": "task_flow.py", "params": {}}, 200.0)
    assert answer["state"] == "success", answer
    joined = "/".join(name[0] for name in PARAMETERS)
    last = next(each["result"] for each in answer["stages"] if each["id"] == STAGES[-1])
    assert last.count(joined) == len(STAGES)
