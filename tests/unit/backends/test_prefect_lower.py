"""The plan of a flow: what each task takes, what it waits for, and what everything is called."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portable_pipeline.ir import CommandBody, Constant, Cron, ParameterRef, ResultRef, Retry, Stage
from portable_pipeline.ir.types import STR
from ppc_prefect.lower import lower
from ppc_prefect.plan import Plan, Submission, Task
from tests.unit.backends.prefect_pipelines import (
    CHURN,
    INGEST,
    STAMP,
    TRAIN,
    parameter,
    pipeline,
    stage,
    takes,
)


def task(plan: Plan, stage: str) -> Task:
    return next(each for each in plan.tasks if each.stage == stage)


def submission(plan: Plan, stage: str) -> Submission:
    return next(each for each in plan.submissions if each.stage == stage)


def keywords(pairs) -> dict[str, str]:
    return {each.name: each.value for each in pairs}


def test_a_task_takes_what_its_stage_needs_and_nothing_else():
    plan = lower(CHURN)
    assert [each.name for each in task(plan, "ingest").arguments] == ["root", "table", "run_date"]
    assert [each.name for each in task(plan, "train").arguments] == ["ingest"]
    assert [each.name for each in task(plan, "stamp").arguments] == ["run_time"]


def test_values_are_picked_out_of_the_answers_upstream():
    found = keywords(task(lower(CHURN), "train").keywords)["inputs"]
    ingest = {"result": 3, "auc": 0.5, "raw": {"uri": "x"}}
    assert eval(found, {"ingest": ingest}) == {"rows": 3, "auc": 0.5, "raw": {"uri": "x"}}


def test_an_address_is_an_f_string_that_reads_back_exactly():
    found = keywords(task(lower(CHURN), "ingest").keywords)["outputs"]
    assert eval(found, {"root": "s3://{b}", "run_date": "2026-01-05"}) == {"raw": "s3://{b}/{x}'\"/2026-01-05/raw.csv"}


def test_data_edges_are_arguments_and_order_is_wait_for():
    plan = lower(CHURN)
    assert keywords(submission(plan, "train").arguments) == {"ingest": "ingest_run"}
    assert keywords(submission(plan, "stamp").arguments) == {"run_time": "run_time", "wait_for": "[train_run]"}


def test_stages_are_submitted_after_their_upstream():
    assert [each.stage for each in lower(pipeline(STAMP, TRAIN, INGEST, parameters=CHURN.parameters)).submissions] == [
        "ingest",
        "train",
        "stamp",
    ]


def test_required_parameters_come_first():
    plan = lower(pipeline(parameters=(parameter("a", default="x"), parameter("b"))))
    assert [each.name for each in plan.parameters] == ["b", "a"]


@pytest.mark.parametrize("id", ["list", "task", "attempt", "class", "self", "wait_for", "date", "final_state"])
def test_a_stage_may_be_called_anything(id):
    first = stage(id, result=STR)
    second = stage("last", takes("x", ResultRef(stage=id), STR))
    plan = lower(pipeline(first, second))
    assert task(plan, id).function == f"{id}_"
    assert keywords(submission(plan, "last").arguments) == {f"{id}_": f"{id}_run"}


def test_a_parameter_keeps_its_name_whatever_else_has_it():
    first = stage("ingest", takes("x", ParameterRef(name="ingest"), STR), timeout=timedelta(hours=1), result=STR)
    second = stage("last", takes("x", ResultRef(stage="ingest"), STR), takes("y", ParameterRef(name="ingest"), STR))
    parameters = tuple(parameter(name) for name in ("ingest", "attempt", "timedelta", "final_state", "churn"))
    plan = lower(pipeline(first, second, parameters=parameters))
    assert [each.name for each in plan.parameters] == ["ingest", "attempt", "timedelta", "final_state", "churn"]
    assert task(plan, "ingest").function == "ingest_"
    assert [each.name for each in task(plan, "last").arguments] == ["ingest", "ingest_"]
    assert task(plan, "ingest").body == "attempt_"
    assert "attempt as attempt_" in plan.imports
    assert keywords(task(plan, "ingest").keywords)["timeout"] == "timedelta_(hours=1)"
    assert plan.helpers["final_state"] == "final_state_"
    assert plan.function == "churn_"


def test_the_flow_may_be_called_like_a_stage():
    plan = lower(pipeline(stage("churn")))
    assert (plan.function, plan.tasks[0].function) == ("churn_", "churn")


def test_retries_are_constants_and_an_owner_is_a_tag():
    policy = Retry(retries=3, delay=timedelta(seconds=30), backoff=2.0, max_delay=timedelta(minutes=1))
    found = keywords(lower(pipeline(stage("one", retry=policy, tags=("io",), owner="data"))).tasks[0].options)
    assert found == {
        "tags": "['io', 'owner:data']",
        "retries": "3",
        "retry_delay_seconds": "[30, 60, 60]",
        "retry_condition_fn": "may_succeed_later",
    }


def test_a_task_without_retries_asks_nothing():
    assert lower(pipeline(stage("one"))).tasks[0].options == ()


def test_a_command_is_handed_over_as_it_is():
    body = CommandBody(command=("grep", "{word}", "{{}}"))
    found = lower(pipeline(Stage(id="pick", body=body, inputs=(takes("word", Constant(value="a'b"), STR),)))).tasks[0]
    assert found.body == "attempt_command"
    assert eval(found.target) == ["grep", "{word}", "{{}}"]
    assert eval(keywords(found.keywords)["inputs"]) == {"word": "a'b"}


def test_the_run_date_is_one_of_the_schedules_zone():
    plan = lower(
        pipeline(INGEST, parameters=CHURN.parameters, schedule=Cron(expression="0 2 * * *", timezone="Asia/Tokyo"))
    )
    assert plan.moment is not None
    assert (plan.moment.has_date, plan.moment.has_time, plan.moment.zone) == (True, False, "Asia/Tokyo")
    assert lower(pipeline(stage("one"))).moment is None


def test_a_pipelines_timeout_is_the_flows():
    assert keywords(lower(pipeline(timeout=timedelta(hours=2))).options)["timeout_seconds"] == "7200"
    assert keywords(lower(pipeline(timeout=timedelta(seconds=1.5))).options)["timeout_seconds"] == "1.5"
