"""The report beside generated files: what they rely on, and which line came from where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from portable_pipeline.backend import backends
from portable_pipeline.capture import load
from portable_pipeline.compiler import compile_pipeline, report_path
from portable_pipeline.diagnostics import Refused
from portable_pipeline.semantics import RULES

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "diagnosis" / "pipeline.py"
TARGETS = sorted(backends())

ABORTING = """
from portable_pipeline import Abort, pipeline, stage


@stage(retries=2, timeout="5m")
def give_up() -> int:
    raise Abort("no")


@pipeline
def aborting():
    give_up()
"""


def reported(pipeline, target, degrade=()):
    files = {each.path: each.text for each in compile_pipeline(pipeline, backends()[target], degrade)}
    return json.loads(files[report_path(pipeline)]), files


@pytest.mark.parametrize("target", TARGETS)
def test_each_stage_is_found_in_both_files(target):
    pipeline = load(str(EXAMPLE)).pipeline
    report, files = reported(pipeline, target)
    assert [each["stage"] for each in report["source_map"]] == [stage.id for stage in pipeline.stages]
    source = EXAMPLE.read_text().splitlines()
    for each in report["source_map"]:
        assert f"def {each['stage']}(" in files[each["file"]].splitlines()[each["line"] - 1]
        assert f"{each['stage']}(" in source[each["source_line"] - 1]
        assert (ROOT / each["source"]) == EXAMPLE


@pytest.mark.parametrize("target", TARGETS)
def test_rules_and_files_are_all_named(target):
    report, files = reported(load(str(EXAMPLE)).pipeline, target)
    assert set(report["files"]) == files.keys() - {report_path(load(str(EXAMPLE)).pipeline)}
    assert report["rules"].keys() <= RULES.keys()
    assert {"G1", "V5", "R1", "R3", "R6", "A1", "D1", "D2"} <= report["rules"].keys()
    assert {each["answer"] for each in report["rules"].values()} <= {"native", "emulated"}


def test_a_rule_that_was_given_up_is_told(tmp_path):
    file = tmp_path / "aborting.py"
    file.write_text(ABORTING)
    pipeline = load(str(file)).pipeline
    with pytest.raises(Refused, match="R4"):
        reported(pipeline, "kfp")
    report, _ = reported(pipeline, "kfp", degrade=("R4",))
    assert report["rules"]["R4"] == {"answer": "degraded", "how": backends()["kfp"].support["R4"].degraded}
