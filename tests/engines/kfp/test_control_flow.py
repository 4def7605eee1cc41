"""Conditions and loops, generated, compiled and executed on KFP's local engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.backend import backend, target_diagnostics
from portable_pipeline.capture import load
from portable_pipeline.codegen.writing import changes, write
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.diagnostics import Refused
from portable_pipeline.diagnostics.catalog.kfp import KfpGroup, KfpRetryInLoop
from portable_pipeline.diagnostics.catalog.targets import RefusedRule
from portable_pipeline.engines.session import Session
from portable_pipeline.engines.verify import verify
from portable_pipeline.ir import Pipeline
from portable_pipeline.runner import run_locally

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


# ---- both

RUNS = [
    ("conditions:gate", {}),
    ("conditions:gate", {"auc": 0.1}),
    ("conditions:gate", {"auc": -1.0}),
    ("conditions:gate", {"deploys": "fail"}),
    ("conditions:nested", {"m": -1}),
    ("conditions:apart", {"bad": -1}),
    ("conditions:apart", {"bad": -1, "n": 2}),
    ("conditions:uncomparable", {"value": -1}),
    ("loops:squares", {}),
    ("loops:squares", {"count": 0}),
    ("loops:given", {}),
    ("loops:in_step", {}),
    ("loops:branching", {}),
    ("loops:branching", {"run": False}),
    ("loops:candidates", {}),
    ("loops:uneven", {}),
    ("loops:twice", {}),
    ("loops:collected_aside", {}),
    ("loops:collected_condition", {}),
    ("loops:collected_condition", {"count": 0}),
    ("loops:collected_twice", {}),
    ("loops:collected_twice", {"outer": []}),
    ("loops:waiting", {}),
    ("loops:waiting", {"count": 0}),
    ("conditions:two_branches", {}),
    ("conditions:two_branches", {"n": 2}),
    ("conditions:two_branches", {"n": 0}),
    ("conditions:waits_for_more", {}),
    ("conditions:waits_for_more", {"n": 2}),
    ("conditions:joined_aside", {}),
    ("conditions:joined_aside", {"n": 2}),
    ("conditions:joined_aside", {"fails": "fail"}),
    ("conditions:waits_for_more", {"x": -1}),
    ("conditions:joined_of_three", {"n": 1}),
    ("conditions:joined_of_three", {"n": 2}),
    ("conditions:joined_of_three", {"n": 3}),
    ("conditions:joined_of_three", {"n": 4}),
    ("conditions:joined_of_three", {"n": 2, "m": -1}),
    ("conditions:kinds", {"n": 1}),
    ("conditions:kinds", {"n": 2}),
    ("conditions:kinds", {"n": 3}),
    ("conditions:waiting_for_branches", {"n": 1}),
    ("conditions:waiting_for_branches", {"n": 2}),
    ("conditions:waiting_for_branches", {"n": 2, "m": -1}),
    ("together:saved_items", {"root": "{folder}"}),
    ("together:saved_items", {"root": "{folder}", "least": 1}),
    ("together:saved_items", {"root": "{folder}", "least": 5}),
    ("together:watched_branches", {"root": "{folder}"}),
    ("together:watched_branches", {"root": "{folder}", "n": 2}),
    ("together:watched_branches", {"root": "{folder}", "n": 3}),
    ("together:watched_branches", {"root": "{folder}", "n": 4}),
    ("together:saved_in_a_branch", {"root": "{folder}"}),
    ("together:saved_in_a_branch", {"root": "{folder}", "n": 2}),
    ("together:saved_in_a_branch", {"root": "{folder}", "n": 3}),
    ("together:saved_in_a_branch", {"root": "{folder}", "n": 0}),
    ("loops:collected_files", {"root": "{folder}"}),
    ("loops:collected_files", {"root": "{folder}", "names": []}),
    ("loops:joined_files", {"root": "{folder}"}),
    ("loops:joined_files", {"root": "{folder}", "n": 2}),
    ("loops:given_in_a_loop", {}),
    ("loops:given_in_a_loop", {"run": False}),
    ("loops:given_in_a_loop", {"bad": True}),
    ("loops:several_of_a_loop", {}),
    ("loops:several_of_a_loop", {"count": 0}),
    ("loops:summed_twice", {}),
    ("loops:summed_twice", {"outer": []}),
    ("loops:summed_twice", {"outer": [1, 3, 13]}),
    ("fallbacks:values", {}),
    ("fallbacks:values", {"how": "well"}),
    ("fallbacks:values", {"how": "exit"}),
    ("fallbacks:values", {"how": "leave"}),
    ("fallbacks:values", {"how": "kill"}),
    ("fallbacks:values", {"how": "hang"}),
    ("fallbacks:values", {"second": "raise"}),
    ("fallbacks:retried", {"until": "1"}),
    ("fallbacks:retried", {"until": "5"}),
    ("fallbacks:in_groups", {}),
    ("fallbacks:in_groups", {"use": False, "bad": 5}),
    ("fallbacks:in_groups", {"numbers": []}),
]


@pytest.mark.parametrize(("name", "parameters"), RUNS, ids=lambda each: str(each))
def test_as_on_the_local_runner(play: Play, tmp_path: Path, name: str, parameters: dict[str, Any]) -> None:
    here = {key: str(tmp_path) if value == "{folder}" else value for key, value in parameters.items()}
    seen = play(name, **here)
    log = tmp_path / "local.log"
    log.touch()
    local = run_locally(captured(name), {"log": str(log), **here}, project=tmp_path / "runs")
    assert seen.state == local.state
    assert seen.states == {each.id: each.state for each in local.stages}
    assert seen.results == {each.id: each.result for each in local.stages if each.has_result}
    assert seen.lines == sorted(log.read_text(encoding="utf-8").splitlines())
    assert seen.answer["degraded"] == local.degraded
    assert {each["id"]: each["attempts"] for each in seen.answer["stages"]} == {
        each.id: each.attempts for each in local.stages
    }


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


@pytest.mark.parametrize(("rows", "shown"), [(3, "new 3: 3 0.5"), (-1, "old source: 0 0.0")])
def test_consumers_get_the_artifact_of_the_stage_or_of_its_stand_in(
    play: Play, tmp_path: Path, rows: int, shown: str
) -> None:
    root = tmp_path / "files"
    seen = play("fallbacks:artifacts", root=str(root), rows=rows)
    assert f"serve {shown}" in seen.lines
    assert seen.state == "success"
    assert (seen.states["fit"], seen.states["fitted_before"]) == (
        ("failed", "success") if rows < 0 else ("success", "skipped")
    )
    # A failed attempt leaves nothing behind (A1), and a stand-in that was not needed neither.
    assert sorted(each.name for each in root.iterdir()) == sorted(["source.txt", "old.txt" if rows < 0 else "new.txt"])


def test_a_stand_in_that_needs_more_than_its_primary_is_refused() -> None:
    (found,) = target_diagnostics(captured("fallbacks:waiting"), backend("kfp"))
    assert isinstance(found, RefusedRule)
    assert (found.rule, found.span and found.span.line) == ("F3.apart", 188)


GRAPHS = [
    *("conditions:gate", "conditions:nested", "conditions:apart", "conditions:two_branches", "conditions:joined_aside"),
    *("loops:squares", "loops:branching", "loops:twice", "loops:collected_condition", "loops:collected_twice"),
    *("loops:collected_files", "loops:joined_files"),
    *("fallbacks:values", "fallbacks:retried"),
]


@pytest.mark.parametrize("name", GRAPHS)
def test_the_engine_sees_the_same_graph(session: Session, tmp_path: Path, name: str) -> None:
    pipeline = captured(name)
    verified = verify(session, pipeline, generate(pipeline, tmp_path))
    assert verified.found == ()
    assert {"stages", "edges", "timeouts"} <= {*verified.compared}


def test_order_into_a_group_is_that_of_the_group(session: Session, tmp_path: Path, play: Play) -> None:
    pipeline = captured("conditions:ordered")
    verified = verify(session, pipeline, generate(pipeline, tmp_path))
    assert verified.found == ()
    assert "edges" in verified.compared
    # It holds all the same.
    seen = play("conditions:ordered")
    assert (seen.states, seen.lines) == ({"number": "success", "write": "success"}, ["before", "inside"])
    seen = play("conditions:ordered", n=2)
    assert seen.states == {"number": "success", "write": "skipped"}


# ---- loops


def test_retries_in_a_loop_are_warned_of(play: Play) -> None:
    pipeline = captured("loops:retried")
    (found,) = target_diagnostics(pipeline, backend("kfp"))
    assert isinstance(found, KfpRetryInLoop)
    assert found.stage == "flaky"
    seen = play("loops:retried")
    assert [each["attempts"] for each in seen.answer["stages"]] == [2, 2]


def test_stages_run_for_each_item_and_are_collected_in_order(play: Play) -> None:
    seen = play("loops:squares")
    assert seen.state == "success"
    assert seen.states == {
        "numbers": "success", "show": "success",
        **{f"{stage}[{index}]": "success" for stage in ("square", "square_2") for index in range(3)},
    }  # fmt: skip
    assert seen.lines == sorted(
        ["numbers", "square 0", "square 0", "square 1", "square 1", "square 2", "square 4", "show [0, 1, 16]"]
    )


def test_no_items_are_an_empty_list(play: Play) -> None:
    seen = play("loops:squares", count=0)
    assert seen.states == {"numbers": "success", "show": "success"}
    assert seen.lines == ["numbers", "show []"]


def test_an_item_that_fails_stops_no_other(play: Play) -> None:
    seen = play("loops:given")
    assert seen.state == "failed"
    assert seen.states == {
        "square[0]": "success", "square[1]": "failed", "square[2]": "success",
        "show": "upstream_failed", "label": "success",
    }  # fmt: skip
    assert "unlucky" in next(each["error"] for each in seen.answer["stages"] if each["id"] == "square[1]")


def test_what_is_collected_has_its_type_and_every_character(play: Play) -> None:
    seen = play("loops:in_step")
    labels = ['a {{x}} "it\'s"', '{{b}} {{x}} "it\'s"']
    assert f"show [0.5, 1.0] {labels!r}" in seen.lines


def test_fields_of_items_have_their_types(play: Play) -> None:
    seen = play("loops:candidates")
    assert seen.lines == [
        "best [{'small': 2}, {'it\\'s \"big\"': 9007199254740993}]",
        "fit 'it\\'s \"big\"' 9007199254740993 1.0 datetime.date(2026, 1, 6)",
        "fit 'small' 2 0.5 datetime.date(2026, 1, 5)",
    ]


def test_conditions_in_a_loop_are_decided_for_each_item(play: Play) -> None:
    seen = play("loops:branching")
    assert seen.states == {
        "numbers": "success",
        "square[0]": "skipped", "square[1]": "success", "square[2]": "skipped",
        "half[0]": "success", "half[1]": "skipped", "half[2]": "success",
    }  # fmt: skip
    assert seen.lines == ["half 0", "half 2", "numbers", "square 1"]


def test_a_loop_in_a_branch_that_does_not_run_is_skipped(play: Play) -> None:
    # `numbers` stands in the branch, too.
    seen = play("loops:branching", run=False)
    assert (seen.state, seen.states) == ("success", {"numbers": "skipped", "square": "skipped", "half": "skipped"})


def test_a_condition_on_what_was_collected(play: Play) -> None:
    assert play("loops:gated").lines == ["numbers", "show [0, 1]", "square 0", "square 1"]
    assert play("loops:gated", count=0).states == {"numbers": "success", "show": "skipped", "label": "success"}


def test_each_item_has_an_artifact_of_its_own(play: Play, tmp_path: Path) -> None:
    seen = play("loops:files", root=str(tmp_path / "artifacts"))
    assert seen.lines == ["0.txt: a", "1.txt: b"]
    seen = play("loops:keyed", root=str(tmp_path / "artifacts"))
    assert seen.lines == ["a b.txt: a b", "{{c}}.txt: {{c}}"]


@pytest.mark.parametrize(
    ("name", "error", "lost"),
    [
        ("loops:namesakes", "these do not name the items in addresses", {"save": "upstream_failed"}),
        ("loops:uneven", "of different lengths: [2, 1]", dict.fromkeys(("tell", "show_more"), "upstream_failed")),
    ],
)  # fmt: skip
def test_items_that_cannot_be_gone_through(
    play: Play, tmp_path: Path, name: str, error: str, lost: dict[str, str]
) -> None:
    parameters = {"root": str(tmp_path)} if name == "loops:namesakes" else {}
    seen = play(name, **parameters)
    assert seen.state == "failed"
    assert error in seen.answer["error"]
    assert seen.states == {"label": "success", **lost}


def test_a_loop_in_a_loop(play: Play) -> None:
    seen = play("loops:twice")
    assert [seen.results[f"show_pair[{a}][{b}]"] for a in range(2) for b in range(2)] == [
        "1 10",
        "1 20",
        "4 10",
        "4 20",
    ]
    assert play("loops:twice", inner=[]).states == {"square[0]": "success", "square[1]": "success"}


def test_at_most_so_many_items_at_once(tmp_path: Path) -> None:
    """What the contract's cases cannot show: the local engine runs two at a time where more are allowed."""
    text = (generate(captured("loops:squares"), tmp_path) / "squares_pipeline.py").read_text(encoding="utf-8")
    assert 'dsl.ParallelFor(for_each_items_task.outputs["items"], parallelism=2)' in text
