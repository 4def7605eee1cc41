"""The generated files as text: the same each time, loadable without us, and exact whatever stands in them."""

from __future__ import annotations

import ast
import inspect
from datetime import timedelta

import pytest

from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.diagnostics import Refused
from portable_pipeline.ir import (
    CommandBody,
    Constant,
    Cron,
    ExtractedModule,
    ListOf,
    Output,
    ParameterRef,
    ResultRef,
    Retry,
    Statement,
    Text,
    Uri,
    VerbatimModule,
)
from portable_pipeline.ir.types import ANY, INT, STR
from portable_pipeline.semantics import RULES
from ppc_kfp import BACKEND, carried
from tests.unit.backends.kfp_pipelines import CHURN, parameter, pipeline, stage, statement, takes, takes_artifact

NASTY = "'\"\\ {{ x }} {{$}} ${y} %s\n\r\t\x00\x7f\x85\u2028\ufeff é 🐍 \u2060"


def files(given) -> dict[str, str]:
    return {each.path: each.text for each in compile_pipeline(given, BACKEND)}


def generated(given) -> str:
    return files(given)["churn_pipeline.py"]


def functions(text: str) -> dict[str, ast.FunctionDef]:
    return {each.name: each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef)}


def calls(text: str, name: str) -> list[dict[str, str]]:
    """The keyword arguments, as source, of each call of a function."""
    found = (each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Call) and _named(each.func, name))
    return [{word.arg or "": ast.unparse(word.value) for word in each.keywords} for each in found]


def _named(function: ast.expr, name: str) -> bool:
    return (function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)) == name


def test_the_files_are_named_after_the_pipeline():
    assert set(files(CHURN)) == {"churn_pipeline.py", "churn_runtime.py", "churn_deploy.py", "churn.report.json"}


def test_the_same_pipeline_gives_the_same_bytes():
    assert files(CHURN) == files(CHURN)


def test_only_kfp_the_standard_library_and_the_files_beside_are_imported():
    for name, text in files(CHURN).items():
        if name.endswith(".py"):
            tree = ast.walk(ast.parse(text))
            imports = [each for each in tree if isinstance(each, ast.Import | ast.ImportFrom)]
            modules = {each.module for each in imports if isinstance(each, ast.ImportFrom)}
            modules |= {alias.name for each in imports if isinstance(each, ast.Import) for alias in each.names}
            roots = {(each or "").split(".")[0] for each in modules}
            assert "portable_pipeline" not in roots
            assert "__future__" not in roots  # KFP reads annotations as they are


def test_components_carry_no_more_than_they_need():
    empty = generated(pipeline(stage("one")))
    assert set(functions(empty)) == {"one", "churn"}
    assert calls(empty, "component") == [{"base_image": "BASE_IMAGE", "additional_funcs": "STAGE"}]
    lists = [each.get("additional_funcs") for each in calls(generated(CHURN), "component")]
    assert lists == [None, "SCALARS + ARTIFACTS", "VALUES + ARTIFACTS", "SCALARS"]


def test_the_runtime_file_is_a_copy_of_what_is_tested():
    _, text = files(CHURN)["churn_runtime.py"].split("\n", 1)
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(inspect.getsource(carried)))


def test_two_calls_share_a_component_when_their_values_travel_alike():
    stages = (
        stage("first", result=INT),
        stage("work", takes("n", Constant(value=1))),
        stage("work_2", takes("n", ResultRef(stage="first")), function="work"),
        stage("work_3", takes("n", ParameterRef(name="size")), function="work"),
    )
    text = generated(pipeline(*stages, parameters=(parameter("size", INT, default=2),)))
    assert set(functions(text)) == {"first", "work", "work_", "check_parameters", "churn"}
    assert sorted(each["n"] for each in calls(text, "work")) == ["'1'", "first_task.output"]
    assert calls(text, "work_") == [{"n": "size"}]


def test_an_int_beyond_a_double_travels_as_text():
    stages = (
        stage("one", takes("n", Constant(value=2**60))),
        stage("one_2", takes("n", Constant(value=7)), function="one"),
    )
    assert calls(generated(pipeline(*stages)), "one") == [{"n": repr(str(2**60))}, {"n": "'7'"}]


def test_texts_are_literals_without_placeholders():
    given = pipeline(
        stage("one", takes("text", Constant(value=NASTY), STR), takes("any", Constant(value=[NASTY]), ANY)),
        parameters=(parameter("text", default=NASTY),),
        description=NASTY,
    )
    text = generated(given)
    (given_to_one,) = calls(text, "one")
    carried_texts = [ast.literal_eval(each) for each in given_to_one.values()]
    default = ast.literal_eval(functions(text)["churn"].args.defaults[0])
    assert [carried.decode_value(carried_texts[0], "str"), carried.decode_value(default, "str")] == [NASTY, NASTY]
    assert carried.decode_value(carried_texts[1], "any") == [NASTY]
    assert not any("{{" in each for each in (*carried_texts, default))
    # KFP copies a default into a comment of the YAML.
    assert default.isprintable() or set(filter(lambda each: not each.isprintable(), default)) == {"\u2060"}


def test_an_address_is_built_from_parameters_and_the_date():
    (first,) = calls(generated(CHURN), "ingest")
    assert eval(first["raw_uri"], {"root": "s3://b", "day": "2026-01-05"}) == "s3://b/{x}'\"/2026-01-05/raw.csv"
    uri = Uri(parts=(Text(text="/{{"), ParameterRef(name="n")))
    out = Output(name="out", artifact="Dataset", uri=uri)
    text = generated(pipeline(stage("one", outputs=(out,)), parameters=(parameter("n", INT, default=1),)))
    (second,) = calls(text, "one")
    assert eval(second["out_uri"], {"n_text": "1"}) == "/{\u2060007b1"


def test_names_of_the_user_never_hide_ours():
    body = ("run", "checked", "dsl", "table", "run_stage", "result", "encoded", "one")
    names = [each for each in body if each not in ("run_stage",)]
    given = pipeline(
        stage("one", *(takes(name, ParameterRef(name=name)) for name in names)),
        stage("table", after=("one",)),
        parameters=tuple(parameter(name, INT, default=1) for name in names),
    )
    text = generated(given)
    top = [each.name for each in ast.parse(text).body if isinstance(each, ast.FunctionDef)]
    assert len(top) == len(set(top)) == 4
    (arguments,) = calls(text, "one_")
    assert list(arguments.values()) == names
    assert calls(text, "table_") == [{}]


def test_a_command_gets_its_values_as_arguments():
    body = CommandBody(command="sort {raw.path} | head -n {count} > {out.path}; echo '{word}'", image="acme/tools:1")
    given = pipeline(
        CHURN.stages[0],
        stage(
            "pick",
            takes_artifact("raw", "ingest", "raw"),
            takes("count", ResultRef(stage="ingest")),
            takes("word", Constant(value="it's {{$}}"), STR),
            outputs=(Output(name="out", artifact="Dataset", uri=Uri(parts=(Text(text="/out"),))),),
        ).model_copy(update={"body": body}),
        parameters=CHURN.parameters,
    )
    text = generated(given)
    component = functions(text)["pick"]
    (run,) = (each for each in ast.walk(component) if isinstance(each, ast.Call) and _named(each.func, "run"))
    line = """sort "${1}" | head -n "${2}" > "${3}"; echo ''"${4}"''"""
    values = ["raw.path", "argument_text(count, as_json=True)", "out.path", "argument_text(word)"]
    assert [ast.unparse(each) for each in run.args[0].elts] == [
        *map(repr, ("/bin/sh", "-c", line, "sh")),
        *values,
    ]
    assert "'acme/tools:1'" in [each["base_image"] for each in calls(text, "component")]


def test_policies_are_set_on_the_tasks():
    text = generated(CHURN)
    assert calls(text, "set_retry") == [
        {"backoff_duration": "'60s'", "backoff_factor": "2", "backoff_max_duration": "RETRY_WINDOW"}
    ]
    assert "kubernetes.set_timeout(ingest_task, 1800)" in text
    assert calls(text, "PipelineConfig") == [{"active_deadline_seconds": "7200"}]


def test_jitter_is_the_component_s():
    retry = Retry(retries=2, delay=timedelta(seconds=10), jitter=0.5)
    text = generated(pipeline(stage("one", retry=retry), stage("one_2", function="one")))
    found = {name: ast.unparse(each) for name, each in functions(text).items()}
    assert "add_jitter([5.0, 5.0])" in found["one"]
    assert "add_jitter" not in found["one_"]


@pytest.mark.parametrize(
    ("written", "fields"),
    [
        ("0 2 * * *", "0 0 2 * * *"),
        ("*/15 2-4 1,15 jan mon-fri", "0 */15 2-4 1,15 jan mon-fri"),
        ("0 2 * * 7", "0 0 2 * * 0"),
        ("0 2 * * 5-7", "0 0 2 * * 0,5,6"),
    ],
)
def test_a_schedule_has_six_fields_and_sunday_is_0(written: str, fields: str):
    script = files(CHURN.model_copy(update={"schedule": Cron(expression=written)}))["churn_deploy.py"]
    (cron,) = (each for each in ast.parse(script).body if isinstance(each, ast.Assign) and each.targets[0].id == "CRON")
    assert ast.literal_eval(cron.value) == fields


def test_a_pipeline_without_schedule_has_no_deploy_script():
    assert "churn_deploy.py" not in files(CHURN.model_copy(update={"schedule": None}))


def test_local_modules_travel_only_where_they_are_imported():
    module = ExtractedModule(
        name="steps",
        file="steps.py",
        statements=(
            statement("def one():\n    import helper\n    return helper.x\n", "one", local_imports=("helper",)),
            statement("def two():\n    pass\n", "two"),
        ),
    )
    helper = VerbatimModule(name="helper", file="helper.py", source="x = 1\n")
    found = files(pipeline(stage("one"), stage("two"), modules=(module, helper)))
    assert found["churn_code/helper.py"] == "x = 1\n"
    embeds = [each.get("embedded_artifact_path") for each in calls(found["churn_pipeline.py"], "component")]
    assert embeds == ["CODE", None]


def test_an_import_that_nothing_names_stays():
    code = Statement(text="def one():\n    import antigravity\n", line=1, defines=("one",))
    module = ExtractedModule(name="steps", file="steps.py", statements=(code,))
    assert "import antigravity" in generated(pipeline(stage("one"), modules=(module,)))


def refusals(given) -> dict[str, str]:
    with pytest.raises(Refused) as raised:
        files(given)
    return {each.code: each.message for each in raised.value.diagnostics}


def test_a_name_that_components_call_is_refused():
    assert refusals(pipeline(stage("fingerprint"))) == {
        "PPC440": "the code of `fingerprint` defines `fingerprint`, which KFP components call"
    }


def test_a_second_run_date_is_refused():
    given = CHURN.model_copy(update={"parameters": (*CHURN.parameters, parameter("run_date", default=""))})
    assert set(refusals(given)) == {"PPC441"}


@pytest.mark.parametrize("default", [2**53 + 1, -(2**63), 10**400])
def test_a_default_that_kfp_may_round_is_refused(default):
    given = pipeline(stage("one"), parameters=(parameter("seed", INT, default=default),))
    assert set(refusals(given)) == {"PPC445"}
    assert files(pipeline(stage("one"), parameters=(parameter("seed", INT, default=2**53 - 1),)))


def test_a_placeholder_that_cannot_be_written_differently_is_refused():
    code = statement("""def one():\n    return f"{len('{{$')}"\n""", "one")
    module = ExtractedModule(name="steps", file="steps.py", statements=(code,))
    assert set(refusals(pipeline(stage("one"), modules=(module,)))) == {"PPC444"}


def test_too_much_code_for_an_argument_is_refused():
    numbers = ",".join(str(n * 7919 % 100003) for n in range(30000))
    code = (
        statement(f"TABLE = [{numbers}]\n", "TABLE"),
        statement("def one(): return TABLE\n", "one", needs=("TABLE",)),
    )
    module = ExtractedModule(name="steps", file="steps.py", statements=code)
    assert set(refusals(pipeline(stage("one"), modules=(module,)))) == {"PPC442"}


def test_too_many_components_for_an_object_are_warned_of():
    few, many = (pipeline(*(stage(f"s{n}") for n in range(count))) for count in (100, 130))
    assert list(BACKEND.check(few)) == []
    (found,) = BACKEND.check(many)
    assert (found.code, found.severity.value) == ("PPC443", "warning")
    assert files(many)


def test_the_table_answers_for_every_rule():
    assert set(BACKEND.support) == set(RULES)


def test_a_list_parameter_is_json_and_says_so():
    given = pipeline(
        stage("one"), parameters=(parameter("names", ListOf(item=STR), default=["a"], description="Who."),)
    )
    docstring = ast.get_docstring(functions(generated(given))["churn"])
    assert docstring is not None
    assert "names: JSON, list of str. Who." in docstring
