"""The comparison of an engine's view with the pipeline: whatever is changed in the view is found."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.engines.verify import Verified, verify, waits
from portable_pipeline.ir import Cron, Group, ListOf, OptionalOf, Parameter, Pipeline, Retry
from portable_pipeline.ir.types import FLOAT, INT, STR
from tests.unit.graph.pipelines import stage

RETRY = Retry(retries=3, delay=timedelta(seconds=10), backoff=2.0, max_delay=timedelta(seconds=30))
PIPELINE = Pipeline(
    name="sample",
    source="pipeline.py",
    schedule=Cron(expression="0 2 * * *", timezone="Europe/Berlin"),
    timeout=timedelta(hours=1),
    parameters=(
        Parameter(name="table", type=STR, required=True),
        Parameter(name="rates", type=ListOf(item=FLOAT), required=False, default=[0.1]),
        Parameter(name="limit", type=OptionalOf(item=INT), required=False, default=None),
    ),
    stages=(
        stage("ingest").model_copy(update={"retry": RETRY}),
        stage("train", ["ingest.@table"], timeout_s=60).model_copy(update={"block": "fitting"}),
        stage("report", ["train"], after=["ingest"]),
    ),
    blocks=(Group(id="fitting", name="to fit"),),
)
STAGE = {"upstream": [], "retries": 0, "retry_delay_s": 0.0, "backoff": 1.0, "max_delay_s": None, "timeout_s": None}
VIEW: dict[str, Any] = {
    "pipeline": "sample",
    "stages": {
        "ingest": {**STAGE, "retries": 3, "retry_delay_s": 10.0, "backoff": 2.0, "max_delay_s": 30.0},
        "train": {**STAGE, "upstream": ["ingest"], "timeout_s": 60.0},
        "report": {**STAGE, "upstream": ["train", "ingest"]},
    },
    "schedule": {"cron": "0 2 * * *", "timezone": "Europe/Berlin"},
    "timeout_s": 3600.0,
    "parameters": {
        "table": {"type": "string", "default": None, "required": True},
        "rates": {"type": "array", "default": [0.1], "required": False},
        "limit": {"type": ["null", "integer"], "default": None, "required": False},
    },
    "groups": {"fitting": {"name": "to fit", "stages": ["train"]}},
    "errors": [],
}


class Loading:
    """A session whose engine has loaded this view."""

    def __init__(self, target: Any, view: dict[str, Any]) -> None:
        self.target, self.view = target, view

    def load(self, folder: Path, file: str) -> dict[str, Any]:
        return self.view


@pytest.fixture
def compared(make_target: Callable[..., Any]) -> Callable[[dict[str, Any]], Verified]:
    return lambda view: verify(Loading(make_target(), view), PIPELINE, Path("out"))


def changed(path: str, value: Any) -> dict[str, Any]:
    view = copy.deepcopy(VIEW)
    *parents, last = path.split("/")
    place = view
    for each in parents:
        place = place[each]
    place[last] = value
    return view


def test_an_engine_that_agrees(compared: Any) -> None:
    result = compared(VIEW)
    assert result.found == ()
    graph = {"stages", "edges", "groups"}
    policies = {"retries", "retry waits", "timeouts", "pipeline timeout", "schedule"}
    assert {*result.compared} == {*graph, *policies, "parameters"}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("stages/extra", STAGE, "the stages as extra, ingest, report, train, the pipeline says ingest, report, train"),
        ("stages/train/upstream", [], "what `train` waits for as nothing, the pipeline says ingest"),
        ("stages/ingest/retries", 2, "the retries of `ingest` as 2, the pipeline says 3"),
        (
            "stages/ingest/retry_delay_s",
            9.0,
            "before the retries of `ingest` as 9.0, 18.0, 30.0, the pipeline says 10.0",
        ),
        ("stages/ingest/backoff", 1.0, "before the retries of `ingest` as 10.0, 10.0, 10.0, the pipeline says 10.0"),
        (
            "stages/ingest/max_delay_s",
            None,
            "before the retries of `ingest` as 10.0, 20.0, 40.0, the pipeline says 10.0",
        ),
        ("stages/train/timeout_s", None, "the timeout in seconds of `train` as nothing, the pipeline says 60.0"),
        ("stages/ingest/timeout_s", 5.0, "the timeout in seconds of `ingest` as 5.0, the pipeline says nothing"),
        ("timeout_s", 60.0, "the pipeline's timeout in seconds as 60.0, the pipeline says 3600.0"),
        ("schedule", None, "the schedule as nothing"),
        ("schedule/timezone", "UTC", "the schedule as {'cron': '0 2 * * *', 'timezone': 'UTC'}"),
        ("parameters", {}, "the parameters as nothing, the pipeline says limit, rates, table"),
        ("parameters/table/required", False, "whether parameter `table` is required as False, the pipeline says True"),
        ("parameters/rates/default", [0.2], "the default of parameter `rates` as 0.2, the pipeline says 0.1"),
        ("groups/fitting/name", "fitting", "the name of group `fitting` as fitting, the pipeline says to fit"),
        ("groups/fitting/stages", [], "what is in group `fitting` as nothing, the pipeline says train"),
        ("groups/report", {"name": "", "stages": []}, "the groups as fitting, report, the pipeline says fitting"),
        ("parameters/limit/type", "string", "the type of parameter `limit` as string, the pipeline says int"),
    ],
)
def test_every_difference_is_found(compared: Any, path: str, value: Any, message: str) -> None:
    found = compared(changed(path, value)).found
    assert [each.code for each in found] == ["PPC451"] * len(found)
    assert any(message in each.message for each in found), [each.message for each in found]


def test_a_wait_may_be_rounded_up_to_whole_seconds(compared: Any) -> None:
    view = changed("stages/ingest/retry_delays_s", [10.4, 20.0, 30.9])
    assert compared(view).found == ()


def test_what_an_engine_does_not_hold_is_left_out_and_said(compared: Any) -> None:
    view = copy.deepcopy(VIEW)
    del view["schedule"]
    for each in view["stages"].values():
        del each["timeout_s"]
    del view["groups"]
    result = compared(view)
    assert result.found == ()
    assert {"schedule", "timeouts", "groups"} <= set(result.left_out)


def test_an_engine_need_not_show_every_group(compared: Any) -> None:
    assert compared(changed("groups", {})).found == ()


def test_a_file_that_does_not_load_is_told_and_nothing_else(compared: Any) -> None:
    result = compared(changed("errors", ["SyntaxError: line 3"]))
    assert [(each.code, each.message) for each in result.found] == [
        ("PPC450", "Sample engine does not load the generated file: SyntaxError: line 3")
    ]


def test_waits_follow_the_rule() -> None:
    assert waits(RETRY) == (10.0, 20.0, 30.0)
    assert waits(Retry()) == ()
