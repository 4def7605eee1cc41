"""The generated files as text: the same each time, loadable without us, and exact whatever stands in them."""

from __future__ import annotations

import ast
from datetime import timedelta

import pytest

from portable_pipeline.backend import target_diagnostics
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.diagnostics import Refused
from portable_pipeline.ir import CommandBody, Constant, Output, PythonBody, Record, RecordField, Retry, Text, Uri
from portable_pipeline.ir.types import ANY, FLOAT, STR
from portable_pipeline.semantics import RULES
from ppc_airflow import BACKEND
from tests.unit.backends.prefect_pipelines import CHURN, parameter, pipeline, stage, takes

NASTY = "'\"\\ {{ x }} {% y %} ${y} %s\n\r\t\x00\x7f\x85\u2028\ufeff é 🐍"
DAY = timedelta(days=1)


def files(given) -> dict[str, str]:
    return {each.path: each.text for each in compile_pipeline(given, BACKEND)}


def tree(given) -> ast.Module:
    return ast.parse(files(given)["churn_dag.py"])


def test_the_files_are_named_after_the_pipeline():
    found = files(CHURN)
    assert {"churn_dag.py", "churn.report.json", "churn_code/__init__.py"} <= found.keys()
    assert "churn_code/stage_runtime/attempts.py" in found


def test_airflow_looks_for_no_dags_in_the_stages_code():
    lines = files(CHURN)["churn_code/.airflowignore"].splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["*"]


def test_the_workers_requirements_are_written_down():
    assert "churn_code/requirements.txt" not in files(CHURN)
    found = files(CHURN.model_copy(update={"packages": ("scikit-learn==1.7.2", "numpy>=2")}))
    assert found["churn_code/requirements.txt"] == "scikit-learn==1.7.2\nnumpy>=2\n"


def test_the_same_pipeline_gives_the_same_bytes():
    assert files(CHURN) == files(CHURN)


def test_the_dag_imports_nothing_of_ours():
    nodes = list(ast.walk(tree(CHURN)))
    modules = {each.module.split(".")[0] for each in nodes if isinstance(each, ast.ImportFrom) and each.module}
    modules |= {name.name for each in nodes if isinstance(each, ast.Import) for name in each.names}
    assert modules == {"airflow", "churn_code", "datetime", "zoneinfo"}


def test_a_dag_without_dates_carries_no_helper_for_them():
    functions = [each.name for each in tree(pipeline(stage("one"))).body if isinstance(each, ast.FunctionDef)]
    assert functions == ["one", "churn"]


def test_texts_read_back_exactly():
    given = pipeline(
        stage("one", takes("text", Constant(value=NASTY), STR)),
        stage("two").model_copy(update={"body": CommandBody(command=NASTY)}),
        parameters=(parameter("text", default=NASTY, description=NASTY),),
        tags=(NASTY,),
    )
    texts = [each for each in ast.walk(tree(given)) if isinstance(each, ast.Constant) and each.value == NASTY]
    assert len(texts) == 5


def test_descriptions_are_docstrings():
    given = pipeline(stage("one", description=f"Reads.\n\n{NASTY}"), description='Say "it"\nand more.')
    one, churn = (each for each in tree(given).body if isinstance(each, ast.FunctionDef))
    assert ast.get_docstring(one, clean=False) == f"Reads.\n\n{NASTY.strip()}\n"
    assert ast.get_docstring(churn) == 'Say "it"\nand more.'


def test_only_an_abort_is_told_from_other_failures():
    body = PythonBody(module="steps", function="one", aborts=True)
    one = stage("one", retry=Retry(retries=1), result=STR).model_copy(update={"body": body})
    handled = {
        each.name: [node.type.id for node in ast.walk(each) if isinstance(node, ast.ExceptHandler)]
        for each in tree(pipeline(one, stage("two"))).body
        if isinstance(each, ast.FunctionDef)
    }
    assert handled == {"one": ["Abort"], "two": [], "churn": []}


def test_order_stands_below_the_call():
    given = pipeline(stage("a"), stage("b"), stage("c", after=("a", "b")), stage("d", after=("a",)))
    body = tree(given).body[-2].body
    assert [ast.unparse(each) for each in body] == [
        "a_task = a()",
        "b_task = b()",
        "c_task = c()",
        "[a_task, b_task] >> c_task",
        "d_task = d()",
        "a_task >> d_task",
    ]


def test_every_rule_has_an_answer():
    assert BACKEND.support.keys() == RULES.keys()


def named(name: str) -> Output:
    return Output(name=name, artifact="Dataset", uri=Uri(parts=(Text(text="/x"),)))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (stage("one", retry=Retry(retries=3, delay=DAY / 2, backoff=2.0)), "PPC420"),
        (stage("one", retry=Retry(retries=100, delay=DAY, backoff=100.0)), "PPC420"),
        (stage("one", retry=Retry(retries=1, delay=2 * DAY, jitter=0.1)), "PPC420"),
        (stage("one", outputs=(named("return_value"),)), "PPC421"),
        (
            stage(
                "one",
                result=Record(
                    form="namedtuple", module="m", name="S", fields=(RecordField(name="return_value", type=FLOAT),)
                ),
            ),
            "PPC421",
        ),
        (stage("one").model_copy(update={"body": CommandBody(command="ls", image="alpine")}), "PPC401"),
    ],
)
def test_what_airflow_would_not_keep_is_refused(given, code):
    with pytest.raises(Refused) as refused:
        compile_pipeline(pipeline(given), BACKEND)
    assert [each.code for each in refused.value.diagnostics] == [code]


@pytest.mark.parametrize(
    ("default", "refused"),
    [
        ([[], [{"x": 1}]], ["PPC424"]),
        ([{"x": 1}, None], ["PPC424"]),
        ([[[{}]]], ["PPC424"]),
        ([{"x": [[{"y": 1}]]}, {}], []),
        ({"x": [[{"y": 1}]]}, []),
        ([[1], []], []),
        ([], []),
        (None, []),
    ],
)
def test_a_default_that_airflow_would_not_read_back_is_refused(default, refused):
    given = CHURN.model_copy(update={"parameters": (*CHURN.parameters, parameter("rows", ANY, default=default))})
    assert [each.code for each in target_diagnostics(given, BACKEND)] == refused


@pytest.mark.parametrize(
    "retry",
    [
        Retry(retries=2, delay=DAY / 2, backoff=2.0),
        Retry(retries=9, delay=DAY / 2, backoff=2.0, max_delay=DAY),
        Retry(retries=9, delay=9 * DAY),
        Retry(retries=0, delay=9 * DAY, backoff=2.0),
    ],
)
def test_waits_that_airflow_keeps_are_not_refused(retry):
    assert "churn_dag.py" in files(pipeline(stage("one", retry=retry)))
