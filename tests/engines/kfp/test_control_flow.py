"""Conditions and loops, generated, compiled and executed on KFP's local engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.backend import backend
from portable_pipeline.capture import load
from portable_pipeline.codegen.writing import changes, write
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.diagnostics import Refused
from portable_pipeline.diagnostics.catalog.kfp import KfpGroup
from portable_pipeline.engines.session import Session
from portable_pipeline.engines.verify import verify
from portable_pipeline.ir import Pipeline

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("kfp")]

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Seen:
    """What a run did.

    Args:
        states: Of each stage, by its id.
        lines: What the stages wrote, sorted: the order of independent ones is nobody's business.
    """

    state: str
    states: dict[str, str]
    results: dict[str, Any]
    lines: list[str]
    answer: dict[str, Any]


Play = Callable[..., Seen]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(backend("kfp")) as started:
        yield started


@pytest.fixture
def play(session: Session, tmp_path: Path) -> Play:
    """Run a pipeline, `module:function` of this folder, with parameters."""

    def played(name: str, /, **parameters: Any) -> Seen:
        pipeline = captured(name)
        folder = generate(pipeline, tmp_path / pipeline.name)
        log = tmp_path / "log"
        log.write_text("", encoding="utf-8")
        request = {
            "op": "run", "folder": str(folder), "file": session.target.engine.entry(pipeline),
            "params": {"log": str(log), **parameters}, "date": None, "timeout_s": 120.0,
        }  # fmt: skip
        answer = session.ask(request, 200.0)
        return Seen(
            state=answer["state"],
            states={each["id"]: each["state"] for each in answer["stages"]},
            results={each["id"]: each["result"] for each in answer["stages"] if "result" in each},
            lines=sorted(log.read_text(encoding="utf-8").splitlines()),
            answer=answer,
        )

    return played


def captured(name: str) -> Pipeline:
    module, _, function = name.partition(":")
    return load(f"{HERE / module}.py:{function}").pipeline


def generate(pipeline: Pipeline, folder: Path) -> Path:
    files = compile_pipeline(pipeline, backend("kfp"))
    write(folder, changes(folder, files, files[-1].path))
    return folder


def refusal(name: str) -> KfpGroup:
    with pytest.raises(Refused) as refused:
        compile_pipeline(captured(name), backend("kfp"))
    (found,) = refused.value.diagnostics
    assert isinstance(found, KfpGroup)
    return found


# ---- conditions


def test_the_branch_whose_predicate_holds_runs_and_is_joined(play: Play) -> None:
    seen = play("conditions:gate")
    assert seen.state == "success"
    assert seen.states == {
        "evaluate": "success", "write": "success", "write_2": "success", "write_3": "skipped", "write_4": "success",
    }  # fmt: skip
    assert seen.lines == ["NEW", "evaluate", "independent", "new"]


@pytest.mark.parametrize(
    "parameters", [{"auc": 0.8}, {"name": "its {{x}}"}, {"day": "2025-12-31"}, {"auc": 1.0}], ids=lambda each: str(each)
)
def test_each_operand_counts(play: Play, parameters: dict[str, Any]) -> None:
    seen = play("conditions:gate", **parameters)
    assert seen.state == "success"
    assert (seen.states["write_2"], seen.states["write_3"]) == ("skipped", "success")
    assert seen.lines == ["OLD", "evaluate", "independent", "old"]


def test_a_failed_upstream_of_a_predicate_is_no_skip(play: Play) -> None:
    seen = play("conditions:gate", auc=-1.0)
    assert seen.state == "failed"
    assert seen.states == {
        "evaluate": "failed", "write": "success",
        "write_2": "upstream_failed", "write_3": "upstream_failed", "write_4": "upstream_failed",
    }  # fmt: skip
    assert seen.lines == ["evaluate", "independent"]


def test_a_join_does_not_outlive_a_failed_option(play: Play) -> None:
    seen = play("conditions:gate", deploys="fail")
    assert seen.state == "failed"
    assert (seen.states["write_2"], seen.states["write_3"]) == ("failed", "skipped")
    assert seen.states["write_4"] == "upstream_failed"


@pytest.mark.parametrize(
    ("parameters", "states", "lines"),
    [
        ({}, ["success", "success", "skipped", "success"], ["5 + 10", "inner", "outer"]),
        ({"m": 2}, ["success", "skipped", "success", "skipped"], ["other", "outer"]),
        ({"n": 2}, ["skipped"] * 4, []),
        ({"m": -1}, ["failed", *["upstream_failed"] * 3], ["outer"]),
    ],
    ids=["both", "inner", "outer", "failure"],
)
def test_conditions_nest(play: Play, parameters: dict[str, Any], states: list[str], lines: list[str]) -> None:
    seen = play("conditions:nested", **parameters)
    assert [seen.states[each] for each in ("number", "number_2", "number_3", "add")] == states
    assert seen.lines == lines
    assert seen.state == ("failed" if "failed" in states else "success")


def test_stages_of_a_branch_fail_by_themselves(play: Play) -> None:
    seen = play("conditions:apart", bad=-1)
    assert seen.states == {
        "number": "success", "number_2": "failed", "add": "success", "add_2": "upstream_failed",
        "number_3": "skipped", "add_3": "success", "add_4": "upstream_failed",
    }  # fmt: skip
    assert seen.lines == ["5 + 1", "6 + 10", "x", "y"]


def test_what_python_cannot_compare_fails_the_run(play: Play) -> None:
    seen = play("conditions:uncomparable", value=-1)
    assert seen.state == "failed"
    assert seen.states == {"maybe": "success", "write": "upstream_failed", "write_2": "success"}
    assert "'>' not supported between instances of 'NoneType' and 'int'" in seen.answer["error"]


@pytest.mark.parametrize("name", ["gate", "nested", "apart"])
def test_the_engine_sees_the_same_graph(session: Session, tmp_path: Path, name: str) -> None:
    pipeline = captured(f"conditions:{name}")
    verified = verify(session, pipeline, generate(pipeline, tmp_path))
    assert verified.found == ()
    assert {"stages", "edges"} <= {*verified.compared}


@pytest.mark.parametrize(
    ("name", "subject", "reason"),
    [
        ("two_branches", "add", "needs stages of both `when` and `when_2`"),
        ("waits_for_more", "add", "would wait for `number`, too"),
        ("joined_aside", "write", "fail or hold up the join with `write`"),
    ],
)
def test_what_groups_would_change_is_refused(name: str, subject: str, reason: str) -> None:
    found = refusal(f"conditions:{name}")
    assert found.subject == subject
    assert reason in found.reason
