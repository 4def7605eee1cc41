"""The generated files as text: the same each time, loadable without us, and exact whatever stands in them."""

from __future__ import annotations

import ast
from datetime import timedelta

import pytest
import yaml

from portable_pipeline.codegen.literals import docstring
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.diagnostics import Refused
from portable_pipeline.ir import Constant, Cron, ListOf, Record, RecordField, Retry
from portable_pipeline.ir.types import DATE, STR
from portable_pipeline.semantics import RULES
from ppc_prefect import BACKEND
from ppc_prefect.generate import yaml_string
from tests.unit.backends.prefect_pipelines import CHURN, parameter, pipeline, stage, takes

NASTY = "'\"\\ {{ x }} ${y} %s\n\r\t\x00\x7f\x85\u2028\ufeff é 🐍"


def files(given) -> dict[str, str]:
    return {each.path: each.text for each in compile_pipeline(given, BACKEND)}


def test_the_files_are_named_after_the_pipeline():
    found = files(CHURN)
    assert {"churn_flow.py", "churn.prefect.yaml", "churn.report.json"} <= found.keys()
    assert "churn_code/stage_runtime/attempts.py" in found


def test_the_same_pipeline_gives_the_same_bytes():
    assert files(CHURN) == files(CHURN)


def test_the_flow_imports_nothing_of_ours():
    tree = ast.parse(files(CHURN)["churn_flow.py"])
    modules = {each.module.split(".")[0] for each in ast.walk(tree) if isinstance(each, ast.ImportFrom) and each.module}
    modules |= {name.name for each in ast.walk(tree) if isinstance(each, ast.Import) for name in each.names}
    assert modules <= {"churn_code", "datetime", "prefect", "pydantic", "typing", "typing_extensions", "zoneinfo"}


def test_a_flow_without_dates_and_retries_carries_no_helper_for_them():
    functions = {
        each.name for each in ast.parse(files(pipeline(stage("one")))["churn_flow.py"]).body if hasattr(each, "name")
    }
    assert functions == {"final_state", "is_cancelled", "one", "churn"}


def test_texts_read_back_exactly():
    given = pipeline(
        stage("one", takes("text", Constant(value=NASTY), STR), description=NASTY),
        parameters=(parameter("text", default=NASTY, description=NASTY),),
        description=NASTY,
    )
    tree = ast.parse(files(given)["churn_flow.py"])
    texts = [each.value for each in ast.walk(tree) if isinstance(each, ast.Constant) and each.value == NASTY]
    assert len(texts) == 5
    assert ast.literal_eval(docstring(NASTY)) == NASTY


def test_the_deployment_says_when_and_under_which_tags():
    tag = NASTY.replace("{{ x }}", "")
    schedule = Cron(expression="30 4 * * *", timezone="Europe/Berlin")
    given = CHURN.model_copy(update={"schedule": schedule, "tags": (tag, "b"), "owner": "ml"})
    (deployment,) = yaml.safe_load(files(given)["churn.prefect.yaml"])["deployments"]
    assert deployment == {
        "name": "churn",
        "entrypoint": "churn_flow.py:churn",
        "tags": [tag, "b", "owner:ml"],
        "schedules": [{"cron": "30 4 * * *", "timezone": "Europe/Berlin"}],
    }


def test_a_pipeline_without_schedule_and_tags_has_neither():
    (deployment,) = yaml.safe_load(files(CHURN)["churn.prefect.yaml"])["deployments"]
    assert deployment == {"name": "churn", "entrypoint": "churn_flow.py:churn"}


@pytest.mark.parametrize("text", ["", "yes", "null", "1", "a: b", "# c", NASTY])
def test_yaml_strings_read_back_exactly(text):
    assert yaml.safe_load(yaml_string(text)) == text


def test_record_parameters_have_classes_of_their_own():
    span = Record(form="dataclass", module="m", name="Span", fields=(RecordField(name="first", type=DATE),))
    given = pipeline(stage("one"), parameters=(parameter("spans", ListOf(item=span)),))
    tree = ast.parse(files(given)["churn_flow.py"])
    assert [each.name for each in tree.body if isinstance(each, ast.ClassDef)] == ["Span"]


def test_every_rule_has_an_answer():
    assert BACKEND.support.keys() == RULES.keys()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (pipeline(name="a/b"), "PPC430"),
        (pipeline(stage("one"), parameters=(parameter("wait_for"),)), "PPC431"),
        (pipeline(stage("one"), parameters=(parameter("_x"),)), "PPC431"),
        (CHURN.model_copy(update={"parameters": (*CHURN.parameters, parameter("run_date"))}), "PPC431"),
        (pipeline(tags=("a {{ $HOME }}",)), "PPC432"),
        (pipeline(owner="{{ team }}"), "PPC432"),
    ],
)
def test_what_prefect_would_not_take_is_refused(given, code):
    with pytest.raises(Refused) as refused:
        compile_pipeline(given, BACKEND)
    assert [each.code for each in refused.value.diagnostics] == [code]


def test_a_parameter_run_date_is_fine_where_the_flow_has_none():
    assert "churn_flow.py" in files(pipeline(stage("one"), parameters=(parameter("run_date"),)))


def test_jitter_is_explained():
    retry = Retry(retries=1, delay=timedelta(seconds=1), jitter=0.25)
    lines = files(pipeline(stage("one", retry=retry)))["churn_flow.py"].splitlines()
    above = lines[lines.index("@task(") - 1]
    assert above.startswith("# ")
    assert "25 %" in above
