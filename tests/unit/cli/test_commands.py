"""Each command on a small pipeline: what it prints, what it writes, how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from portable_pipeline.ir import from_json
from tests.unit.cli.conftest import GOOD, Called, write

Ppc = Callable[..., Called]


def files(folder: Path) -> dict[str, str]:
    return {str(each.relative_to(folder)): each.read_text("utf-8") for each in folder.rglob("*") if each.is_file()}


def test_check_says_so_when_all_is_well(ppc: Ppc, sample: Path) -> None:
    assert ppc("check", "sample.py") == Called(0, "sample: 2 stages, no errors\n", "")
    assert ppc("check", "sample.py:sample", "-t", "airflow", "-t", "prefect").code == 0


def test_check_prints_what_is_wrong_where_it_was_asked_to(ppc: Ppc, sample: Path) -> None:
    write(sample, GOOD.replace("halve(double(n))", "halve(double(n), 5)"))
    called = ppc("check", "sample.py")
    assert called.code == 1
    assert called.out.startswith("error[PPC")
    assert "--> sample.py:" in called.out
    (found,) = json.loads(ppc("check", "sample.py", "--output-format", "json").out)
    assert {"code", "severity", "message", "file", "line", "column"} <= set(found)
    assert (found["file"], found["severity"]) == ("sample.py", "error")
    assert ppc("check", "sample.py", "--output-format", "github").out.startswith("::error file=sample.py,line=")


def test_a_missing_file_is_a_diagnostic_for_every_command(ppc: Ppc) -> None:
    for arguments in (
        ["check", "no.py"],
        ["compile", "no.py", "-t", "airflow", "-o", "out"],
        ["ir", "no.py"],
        ["graph", "no.py"],
        ["run", "no.py"],
        ["verify", "no.py", "-t", "airflow"],
    ):
        called = ppc(*arguments)
        assert called.code == 1, arguments
        assert "error[PPC0" in called.out + called.err
        assert "no.py" in called.out + called.err


def test_ir_is_the_pipeline_and_every_command_takes_it(ppc: Ppc, sample: Path) -> None:
    printed = ppc("ir", "sample.py")
    assert printed.code == 0
    assert [stage.id for stage in from_json(printed.out).stages] == ["double", "halve"]
    Path("sample.json").write_text(printed.out, encoding="utf-8")
    assert ppc("ir", "sample.json").out == printed.out
    assert ppc("check", "sample.json").out == "sample: 2 stages, no errors\n"
    for name in ("sample.py", "sample.json"):
        assert ppc("compile", name, "-t", "airflow", "-o", f"from_{name}").code == 0
    assert files(Path("from_sample.py")) == files(Path("from_sample.json"))


def test_ir_schema_describes_what_ir_prints(ppc: Ppc) -> None:
    schema = json.loads(ppc("ir", "--schema").out)
    assert {"ir_version", "name", "stages", "parameters"} <= set(schema["properties"])


def test_compile_writes_once_and_says_what_it_wrote(ppc: Ppc, sample: Path) -> None:
    first = ppc("compile", "sample.py", "-t", "airflow", "-t", "prefect", "-o", "out")
    assert first.code == 0
    assert {line.split()[0] for line in first.out.splitlines()} == {"wrote"}
    own = {f"out/{path}" for path in files(Path("out")) if "/stage_runtime/" not in path}
    runtime = {f"out/{target}/sample_code/stage_runtime/" for target in ("airflow", "prefect")}
    assert {line.split()[1] for line in first.out.splitlines()} == own | runtime
    assert {"out/airflow/sample_dag.py", "out/prefect/sample_flow.py"} <= set(first.out.split())
    stamps = {path: Path("out", path).stat().st_mtime_ns for path in files(Path("out"))}
    again = ppc("compile", "sample.py", "-t", "airflow", "-t", "prefect", "-o", "out")
    assert {line.split()[0] for line in again.out.splitlines()} == {"current"}
    assert {path: Path("out", path).stat().st_mtime_ns for path in files(Path("out"))} == stamps


def test_compile_check_fails_with_the_diff_and_writes_nothing(ppc: Ppc, sample: Path) -> None:
    command = ("compile", "sample.py", "-t", "airflow", "-o", "out")
    missing = ppc(*command, "--check")
    assert missing.code == 1
    assert "out/airflow/sample_dag.py is stale: it is missing" in missing.err
    assert not Path("out").exists()
    ppc(*command)
    assert ppc(*command, "--check") == Called(0, "", "")
    write(sample, GOOD.replace('timeout="1m"', 'timeout="2m"'))
    before = files(Path("out"))
    stale = ppc(*command, "--check")
    assert stale.code == 1
    assert "error[PPC471]: out/airflow/sample_dag.py is stale: it differs" in stale.err
    assert '-@task(task_id="double", execution_timeout=timedelta(minutes=1))' in stale.out
    assert '+@task(task_id="double", execution_timeout=timedelta(minutes=2))' in stale.out
    assert files(Path("out")) == before
    listed = json.loads(ppc(*command, "--check", "--output-format", "json").out)
    assert {each["code"] for each in listed} == {"PPC471"}


def test_compile_diff_shows_and_writes_nothing(ppc: Ppc, sample: Path) -> None:
    called = ppc("compile", "sample.py", "-t", "airflow", "-o", "out", "--diff")
    assert called.code == 0
    assert "+++ b/sample_dag.py" in called.out
    assert not Path("out").exists()


def test_compile_says_what_is_missing_without_the_engine(ppc: Ppc, sample: Path) -> None:
    called = ppc("compile", "sample.py", "-t", "kfp", "-o", "out")
    assert called.code == 0
    assert called.err == "note: without its engine there is no sample_pipeline.yaml: ppc engines install kfp\n"
    Path("out/kfp/sample_pipeline.yaml").write_text("old", encoding="utf-8")
    assert "(the one that is there was not renewed)" in ppc("compile", "sample.py", "-t", "kfp", "-o", "out").err


def test_compile_into_a_place_that_cannot_be_written(ppc: Ppc, sample: Path) -> None:
    Path("out").write_text("a file, no folder", encoding="utf-8")
    called = ppc("compile", "sample.py", "-t", "airflow", "-o", "out")
    assert called.code == 1
    assert "error[PPC470]: cannot write to out/airflow" in called.err


def test_a_refused_rule_needs_degrade(ppc: Ppc, sample: Path) -> None:
    zoned = '@pipeline(schedule=cron("0 5 * * *", timezone="Europe/Berlin"))\n'
    write(sample, GOOD.replace("import pipeline", "import cron, pipeline").replace("@pipeline\n", zoned))
    refused = ppc("check", "sample.py", "-t", "kfp")
    assert refused.code == 1
    assert "error[PPC401]: Kubeflow Pipelines cannot keep rule D2.zone" in refused.out
    assert ppc("check", "sample.py", "-t", "kfp", "--degrade", "D2.zone").code == 0
    assert ppc("compile", "sample.py", "-t", "kfp", "--degrade", "D2.zone", "-o", "out").code == 0
    report = json.loads(Path("out/kfp/sample.report.json").read_text("utf-8"))
    assert report["rules"]["D2.zone"]["answer"] == "degraded"


def test_run_prints_the_table_and_fails_when_the_run_does(ppc: Ppc, sample: Path) -> None:
    good = ppc("run", "sample.py")
    assert good.code == 0
    assert [line.split() for line in good.out.splitlines()] == [
        ["stage", "state", "attempts", "result"],
        ["double", "success", "1", "6"],
        ["halve", "success", "1", "3"],
        [],
        ["sample", "on", "local:", "success"],
    ]
    write(sample, GOOD.replace("2 * n", "n"))
    bad = ppc("run", "sample.py")
    assert bad.code == 1
    assert "`halve` failed after 1 attempt:" in bad.out
    assert "ValueError: 3 is odd" in bad.out
    assert bad.out.endswith("sample on local: failed\n")
    log = next(line.split("log: ")[1] for line in bad.out.splitlines() if "log: " in line)
    assert "3 is odd" in Path(log).read_text("utf-8")


def test_run_as_json_is_one_object(ppc: Ppc, sample: Path) -> None:
    shown = json.loads(ppc("run", "sample.py", "-p", "n=5", "--output-format", "json").out)
    assert shown["state"] == "success"
    assert shown["stages"] == [
        {"id": "double", "state": "success", "attempts": 1, "result": 10},
        {"id": "halve", "state": "success", "attempts": 1, "result": 5},
    ]


def test_run_takes_parameters_from_a_file_and_the_command_line(ppc: Ppc, sample: Path) -> None:
    Path("given.json").write_text('{"n": 7}', encoding="utf-8")
    results = {
        arguments: json.loads(ppc("run", "sample.py", *arguments, "--output-format", "json").out)["stages"][0]["result"]
        for arguments in (("--params-file", "given.json"), ("--params-file", "given.json", "-p", "n=8"))
    }
    assert list(results.values()) == [14, 16]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["-p", "n=many"], "PPC192"),
        (["-p", "m=1"], "PPC190"),
        (["--date", "tomorrow"], "PPC193"),
        (["--params-file", "no.json"], "PPC194"),
        (["--params-file", "sample.py"], "PPC194"),
        (["-e", "airflow"], "PPC460"),
    ],
)
def test_what_is_wrong_with_a_run_is_told_before_anything_starts(
    ppc: Ppc, sample: Path, arguments: list[str], code: str
) -> None:
    called = ppc("run", "sample.py", *arguments)
    assert called.code == 1
    assert f"error[{code}]" in called.err
    assert not Path(".ppc").exists()
    shown = json.loads(ppc("run", "sample.py", *arguments, "--output-format", "json").out)
    assert (shown["state"], shown["stages"]) == ("failed", [])
    assert [each["code"] for each in shown["diagnostics"]] == [code]


def test_graph_prints_or_writes(ppc: Ppc, sample: Path) -> None:
    assert 's1 -->|"result"| s2' in ppc("graph", "sample.py").out
    assert ppc("graph", "sample.py", "--format", "svg", "--out", "drawn/graph.svg") == Called(0, "", "")
    assert Path("drawn/graph.svg").read_text("utf-8").startswith("<svg ")


def test_targets_answer_every_rule(ppc: Ppc) -> None:
    from portable_pipeline.semantics import RULES

    shown = json.loads(ppc("targets", "--output-format", "json").out)
    assert set(shown["targets"]) == {"airflow", "kfp", "prefect"}
    for target in shown["targets"].values():
        assert list(target["rules"]) == list(RULES)
    text = ppc("targets").out
    assert all(f"\n{rule} " in text for rule in RULES)
    assert ppc("targets", "--output-format", "markdown").out.startswith("| Rule | Airflow")


def test_explain_has_a_page_for_every_code_and_rule(ppc: Ppc) -> None:
    from portable_pipeline.diagnostics import codes
    from portable_pipeline.diagnostics.catalog import load
    from portable_pipeline.semantics import RULES

    load()
    for code in codes():
        page = ppc("explain", code)
        assert page.code == 0
        for heading in ("What", "Why", "Example", "Instead"):
            assert f"\n{heading}\n    " in page.out, (code, heading)
    for rule in RULES:
        page = ppc("explain", rule).out
        assert page.startswith(f"{rule}: {RULES[rule].title}\n")
        assert all(f"\n{title}: " in page for title in ("Airflow", "Kubeflow Pipelines", "Prefect"))


def test_engines_that_are_not_there(ppc: Ppc, own_place: Path) -> None:
    assert [each["state"] for each in json.loads(ppc("engines", "list", "--output-format", "json").out)] == [
        "not installed"
    ] * 3
    assert ppc("engines", "remove", "airflow").out == "airflow: removed 0 environments\n"
    assert "error[PPC402]" in ppc("engines", "install", "airfow").err


def test_a_home_that_cannot_be_written(ppc: Ppc, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("file").write_text("", encoding="utf-8")
    monkeypatch.setenv("PPC_HOME", "file/home")
    called = ppc("engines", "install", "kfp")
    assert called.code == 1
    assert "error[PPC465]: cannot write to " in called.err


def test_verify_needs_the_engine(ppc: Ppc, sample: Path) -> None:
    called = ppc("verify", "sample.py", "-t", "prefect")
    assert called.code == 1
    assert "error[PPC460]: the engine `prefect` is not installed" in called.out
    assert "help: ppc engines install prefect" in called.out
