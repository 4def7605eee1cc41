"""The plan of a DAG: what each task takes, how it is tried again, what it waits for, and what everything is called."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from portable_pipeline.ir import ArtifactRef, CommandBody, Constant, Cron, ParameterRef, PythonBody, ResultRef, Retry
from portable_pipeline.ir.types import STR
from ppc_airflow.lower import lower
from ppc_airflow.plan import Call, Plan, Task
from tests.unit.backends.prefect_pipelines import (
    CHURN,
    INGEST,
    STAMP,
    TRAIN,
    parameter,
    pipeline,
    stage,
    takes,
    takes_artifact,
)

SECOND = timedelta(seconds=1)


def task(plan: Plan, stage: str) -> Task:
    return next(each for each in plan.tasks if each.stage == stage)


def call(plan: Plan, function: str) -> Call:
    return next(each for each in plan.calls if each.function == function)


def keywords(pairs) -> dict[str, str]:
    return {each.name: each.value for each in pairs}


def options(retry: Retry) -> dict[str, object]:
    """What the decorator of a task with that retry gets."""
    found = keywords(task(lower(pipeline(stage("one", retry=retry))), "one").options)
    return {name: eval(value, {"timedelta": timedelta}) for name, value in found.items()}


def test_a_task_takes_values_from_upstream_and_what_it_needs_of_the_context():
    plan = lower(CHURN)
    assert task(plan, "ingest").arguments == ("params", "dag_run")
    assert task(plan, "train").arguments == ("rows", "auc", "raw")
    assert task(plan, "stamp").arguments == ("dag_run",)


def test_constants_parameters_and_the_run_date_are_read_in_the_body():
    inputs = keywords(task(lower(CHURN), "ingest").keywords)["inputs"]
    known = {"params": {"table": "{{ x }}"}, "dag_run": 1, "run_date": lambda _: date(2026, 1, 5)}
    assert eval(inputs, known) == {"day": date(2026, 1, 5), "table": "{{ x }}"}


def test_the_run_time_is_read_in_the_body():
    inputs = keywords(task(lower(CHURN), "stamp").keywords)["inputs"]
    assert eval(inputs, {"dag_run": 1, "run_time": lambda _: datetime(2026, 1, 5)}) == {"instant": datetime(2026, 1, 5)}


def test_an_address_is_an_f_string_that_reads_back_exactly():
    outputs = keywords(task(lower(CHURN), "ingest").keywords)["outputs"]
    known = {"params": {"root": "s3://{b}"}, "dag_run": 1, "run_date": lambda _: date(2026, 1, 5)}
    assert eval(outputs, known) == {"raw": "s3://{b}/{x}'\"/2026-01-05/raw.csv"}


def test_data_edges_are_arguments_and_order_is_drawn():
    plan = lower(CHURN)
    ingest = {"result": 3, "auc": 0.5, "raw": {"uri": "x"}}
    passed = keywords(call(plan, "train").arguments)
    found = {name: eval(value, {"ingest_task": ingest}) for name, value in passed.items()}
    assert found == {"rows": 3, "auc": 0.5, "raw": {"uri": "x"}}
    assert call(plan, "train").after == ()
    assert call(plan, "stamp").after == ("train_task",)


def test_an_edge_that_data_implies_is_not_drawn_again():
    first = stage("first", result=STR)
    plan = lower(pipeline(first, stage("last", takes("x", ResultRef(stage="first"), STR), after=("first",))))
    assert call(plan, "last").after == ()


def test_a_task_that_nobody_needs_has_no_variable():
    plan = lower(pipeline(stage("alone"), stage("first"), stage("last", after=("first",))))
    assert [each.variable for each in plan.calls] == [None, "first_task", "last_task"]


def test_tasks_are_called_after_their_upstream():
    plan = lower(pipeline(STAMP, TRAIN, INGEST, parameters=CHURN.parameters))
    assert [each.function for each in plan.calls] == ["ingest", "train", "stamp"]


def test_one_value_for_two_inputs_is_passed_once():
    twice = stage("last", takes("a", ResultRef(stage="first"), STR), takes("b", ResultRef(stage="first"), STR))
    plan = lower(pipeline(stage("first", result=STR), twice))
    assert keywords(call(plan, "last").arguments) == {"a": "first_task['result']"}
    assert keywords(task(plan, "last").keywords)["inputs"] == "{'a': a, 'b': a}"


@pytest.mark.parametrize("id", ["list", "task", "dag", "attempt", "class", "run_date", "pendulum", "churn_task"])
def test_a_stage_may_be_called_anything(id):
    plan = lower(pipeline(stage("churn", result=STR), stage(id, result=STR), stage("last", after=(id, "churn"))))
    names = [plan.function, *(each.function for each in plan.tasks), *(each.variable for each in plan.calls)]
    assert len(names) == len(set(names))
    assert names[2] == (id if id == "churn_task" else f"{id}_")
    assert [keywords(each.options)["task_id"] for each in plan.tasks] == ["'churn'", f"'{id}'", "'last'"]


@pytest.mark.parametrize("name", ["params", "ti", "dag_run", "task", "attempt", "run_date", "conn"])
def test_an_input_may_be_called_as_airflow_calls_something(name):
    last = stage("last", takes(name, ResultRef(stage="first"), STR), takes("y", ParameterRef(name="p"), STR))
    plan = lower(pipeline(stage("first", result=STR), last, parameters=(parameter("p"),)))
    assert task(plan, "last").arguments == (f"{name}_", "params")
    inputs = keywords(task(plan, "last").keywords)["inputs"]
    assert eval(inputs, {f"{name}_": 1, "params": {"p": 2}}) == {name: 1, "y": 2}


def test_without_retries_nothing_is_said_of_them():
    assert options(Retry(retries=0, delay=SECOND, backoff=2.0)) == {"task_id": "one"}


def test_a_constant_wait_is_said_even_when_it_is_none():
    assert options(Retry(retries=2)) == {"task_id": "one", "retries": 2, "retry_delay": timedelta(0)}


def test_the_cap_of_a_constant_wait_is_the_wait():
    found = options(Retry(retries=2, delay=9 * SECOND, max_delay=2 * SECOND))
    assert found == {"task_id": "one", "retries": 2, "retry_delay": 2 * SECOND}


def test_a_growing_wait_has_a_factor_and_a_cap():
    found = options(Retry(retries=2, delay=SECOND, backoff=3, max_delay=60 * SECOND, jitter=0.5))
    assert found == {
        "task_id": "one",
        "retries": 2,
        "retry_delay": SECOND,
        "retry_exponential_backoff": 3.0,
        "max_retry_delay": 60 * SECOND,
    }


def test_jitter_on_a_constant_wait_needs_a_factor_that_is_next_to_one():
    retry = Retry(retries=100, delay=timedelta(hours=1), jitter=0.5)
    factor = options(retry)["retry_exponential_backoff"]
    assert isinstance(factor, float)
    # Airflow takes exactly 1 for no growth at all; a hundred retries must not grow by a second.
    assert factor > 1
    assert retry.delay * factor**retry.retries - retry.delay < SECOND
    (note,) = task(lower(pipeline(stage("one", retry=retry))), "one").notes
    assert "jitter" in note


@pytest.mark.parametrize(("retries", "aborts", "told"), [(2, True, True), (0, True, False), (2, False, False)])
def test_abort_matters_where_there_are_retries(retries, aborts, told):
    body = PythonBody(module="steps", function="one", aborts=aborts)
    given = stage("one", retry=Retry(retries=retries)).model_copy(update={"body": body})
    assert task(lower(pipeline(given)), "one").aborts is told


def test_the_dag_says_when_it_runs_and_what_holds_for_all_tasks():
    plan = lower(
        pipeline(
            stage("one", owner="ml"),
            stage("two", owner="platform", timeout=90 * SECOND),
            schedule=Cron(expression="30 2 * * *", timezone="Europe/Berlin"),
            timeout=timedelta(hours=3),
            owner="ml",
            tags=("b", "a"),
        )
    )
    assert keywords(plan.options) == {
        "dag_id": "'churn'",
        "schedule": "CronTriggerTimetable('30 2 * * *', timezone='Europe/Berlin')",
        "start_date": "pendulum.datetime(2024, 1, 1, tz='Europe/Berlin')",
        "catchup": "False",
        "dagrun_timeout": "timedelta(hours=3)",
        "default_args": "{'owner': 'ml', 'retries': 0}",
        "tags": "['a', 'b']",
    }
    assert keywords(task(plan, "one").options) == {"task_id": "'one'"}
    two = {"task_id": "'two'", "owner": "'platform'", "execution_timeout": "timedelta(seconds=90)"}
    assert keywords(task(plan, "two").options) == two


def test_the_run_date_is_told_in_the_schedules_zone():
    assert lower(CHURN).zone == "UTC"
    schedule = Cron(expression="0 0 * * *", timezone="Asia/Tokyo")
    assert lower(CHURN.model_copy(update={"schedule": schedule})).zone == "Asia/Tokyo"


def test_only_the_helpers_that_are_needed_are_there():
    plain, timed, dated = lower(pipeline(stage("one"))), lower(pipeline(STAMP, stage("train"))), lower(CHURN)
    assert [(plan.has_date, plan.has_time) for plan in (plain, timed, dated)] == [
        (False, False),
        (False, True),
        (True, True),
    ]


def test_a_command_is_run_as_it_was_written():
    body = CommandBody(command=("wc", "-l", "{data.path}", "{{ x }}"))
    count = stage("count", takes_artifact("data", "ingest", "raw"), takes("n", Constant(value=1)))
    found = task(lower(pipeline(INGEST, count.model_copy(update={"body": body}), parameters=CHURN.parameters)), "count")
    assert (found.attempt, eval(found.work)) == ("attempt_command", ["wc", "-l", "{data.path}", "{{ x }}"])
    assert found.has_answer is False


def test_tags_of_a_stage_are_told_in_its_docs():
    assert task(lower(pipeline(stage("one", tags=("io", "big")))), "one").docs == "Tags: io, big."
    both = task(lower(pipeline(stage("one", tags=("io",), description="Reads."))), "one").docs
    assert both == "Reads.\n\nTags: io.\n"


def test_artifacts_are_passed_on_by_their_names():
    last = stage("last", takes_artifact("source", "ingest", "raw"))
    plan = lower(pipeline(INGEST, last, parameters=CHURN.parameters))
    assert keywords(call(plan, "last").arguments) == {"source": "ingest_task['raw']"}
    assert last.inputs[0].value == ArtifactRef(stage="ingest", output="raw")
