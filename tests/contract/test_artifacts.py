"""A: artifacts appear whole or not at all, where the pipeline says, and reach consumers as they were committed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.diagnostics import Diagnostic, Severity
from tests.contract.cases.recording import described, tree
from tests.contract.cases_run import CaseRunner
from tests.contract.observed import Observed
from tests.contract.rules import contract

RunCase = Callable[..., Observed]


@pytest.fixture
def root(runner: CaseRunner) -> Path:
    """The folder under which all runs of this test put their artifacts."""
    return runner.root


def seen_tree(seen: Observed, stage: str, moment: str = "start") -> Any:
    return seen.seen(stage, moment)["visible"]


@contract("A1")
@pytest.mark.parametrize("end", ["kill", "raise", "wrong type"])
def test_a_failed_write_leaves_what_was_there(run_case: RunCase, root: Path, end: str) -> None:
    assert run_case("a1_killed", text="yesterday's rows").state == "success"
    before = tree(str(root))
    assert before == {"data/table.txt": "yesterday's rows"}
    seen = run_case("a1_killed", text="today's rows", end=end)
    assert (seen.states, len(seen.started("rewrite"))) == ({"rewrite": "failed"}, 1)
    assert tree(str(root)) == before


@contract("A1")
@pytest.mark.parametrize("end", ["kill", "raise", "wrong type"])
def test_a_failed_first_write_leaves_nothing(run_case: RunCase, root: Path, end: str) -> None:
    seen = run_case("a1_killed", text="today's rows", end=end)
    assert seen.states == {"rewrite": "failed"}
    assert tree(str(root)) == {}


@contract("A1")
def test_nothing_is_visible_before_success(run_case: RunCase, root: Path) -> None:
    seen = run_case("a1_visible_after_success")
    assert seen.state == "success", seen.errors
    found = [event.seen for event in seen.noted("write", "found")]
    # The second attempt finds nothing of what the first one wrote.
    assert found == [{"parts": described([]), "table": described(False)}] * 2
    assert [event.seen["visible"] for event in seen.noted("write", "written")] == [described({})] * 2
    second = "attempt 2"
    committed = {"data/table.txt": second, "data/parts/attempt-2.txt": second, "data/parts/both.txt": second}
    assert seen_tree(seen, "read") == described(committed)
    assert tree(str(root)) == committed


@contract("A1")
def test_an_output_that_was_not_written_fails_its_stage(run_case: RunCase, root: Path) -> None:
    assert run_case("a1_not_written", wanted=True).results["read"] == "yesterday"
    seen = run_case("a1_not_written", wanted=False)
    assert seen.states == {"forget": "failed", "read": "upstream_failed"}
    assert "table" in (seen.stage("forget").error or "")
    assert tree(str(root)) == {"data/table.txt": "yesterday"}


@contract("A1", "R3")
def test_a_write_that_runs_out_of_time_leaves_what_was_there(run_case: RunCase, root: Path) -> None:
    assert run_case("a1_timeout", text="yesterday's rows").state == "success"
    seen = run_case("a1_timeout", text="today's rows", slow=9)
    assert (seen.states, len(seen.started("rewrite"))) == ({"rewrite": "failed"}, 2)
    assert tree(str(root)) == {"data/table.txt": "yesterday's rows"}
    seen = run_case("a1_timeout", text="today's rows", slow=1)
    assert (seen.states, len(seen.started("rewrite"))) == ({"rewrite": "success"}, 2)
    assert tree(str(root)) == {"data/table.txt": "today's rows"}


@contract("A2")
def test_a_rerun_for_the_same_date_overwrites(run_case: RunCase, root: Path) -> None:
    for text in ("first", "second"):
        seen = run_case("a2_addresses", region="north", text=text, date="2026-01-05")
        assert seen.results["read"] == text, seen.errors
    assert tree(str(root)) == {
        "north/2026-01-05/given.txt": "second",
        "a2_addresses/2026-01-05/write/default": "second",
    }


@contract("A2")
def test_an_address_depends_on_parameters_and_run_date(run_case: RunCase, root: Path) -> None:
    run_case("a2_addresses", region="north", text="a", date="2026-01-05")
    run_case("a2_addresses", region="south", text="b", date="2026-01-05")
    run_case("a2_addresses", region="north", text="c", date="2026-01-06")
    assert tree(str(root)) == {
        "north/2026-01-05/given.txt": "a",
        "south/2026-01-05/given.txt": "b",
        "north/2026-01-06/given.txt": "c",
        "a2_addresses/2026-01-05/write/default": "b",
        "a2_addresses/2026-01-06/write/default": "c",
    }


@contract("A2")
def test_an_address_is_the_same_for_all_attempts_and_consumers(run_case: RunCase, root: Path) -> None:
    seen = run_case("a2_addresses", region="north", text="x", date="2026-01-05")
    assert seen.state == "success", seen.errors
    expected = {
        "given": described(f"{root}/north/2026-01-05/given.txt"),
        "default": described(f"{root}/a2_addresses/2026-01-05/write/default"),
    }
    assert [event.seen for event in seen.started("write")] == [expected, expected]
    read = seen.seen("read")
    assert {name: read[name] for name in expected} == expected


@contract("A3")
@pytest.mark.parametrize("case", ["a3_shared_output", "a3_overlapping_output"])
def test_two_writers_of_one_address_are_refused(
    diagnose_case: Callable[[str], tuple[Diagnostic, ...]], case: str
) -> None:
    errors = [each for each in diagnose_case(case) if each.severity is Severity.ERROR]
    assert [each.code[:4] for each in errors] == ["PPC2"]
    assert errors[0].span is not None
    assert errors[0].span.file.endswith(f"{case}.py")


@contract("A4")
def test_a_consumer_reads_what_its_producer_committed(run_case: RunCase) -> None:
    seen = run_case("a4_exactly_that", how="leave")
    assert seen.results["read"] == "today's rows", seen.errors


@contract("A4")
@pytest.mark.parametrize("how", ["remove", "change"])
def test_a_consumer_does_not_read_anything_else(run_case: RunCase, root: Path, how: str) -> None:
    seen = run_case("a4_exactly_that", how=how)
    assert seen.states == {"write": "success", "touch": "success", "read": "failed"}
    assert seen.started("read") == []
    assert f"{root}/data/table.txt" in (seen.stage("read").error or "")


@contract("A4")
@pytest.mark.parametrize("how", ["add", "remove", "rename", "swap"])
def test_a_consumer_does_not_read_a_directory_that_has_changed(run_case: RunCase, how: str) -> None:
    seen = run_case("a4_directory", how=how)
    assert seen.states == {"write": "success", "touch": "success", "read": "failed"}
    assert seen.started("read") == []


@contract("A4")
def test_a_directory_that_nobody_touched_is_read(run_case: RunCase) -> None:
    seen = run_case("a4_directory", how="leave")
    assert seen.results["read"] == ["a.txt", "deep/b.txt", "empty.txt"], seen.errors


@contract("A4")
def test_the_same_content_written_again_is_the_same(run_case: RunCase) -> None:
    seen = run_case("a4_exactly_that", how="rewrite")
    assert seen.results["read"] == "today's rows", seen.errors


@contract("A5")
@pytest.mark.parametrize("scheme", ["", "file://"], ids=["path", "file"])
def test_files_and_directories_are_replaced_whole(run_case: RunCase, root: Path, scheme: str) -> None:
    for names in (["a.txt", "deep/er/b.txt"], ["c.txt", "deep/b.txt"]):
        seen = run_case("a5_files_and_directories", root=f"{scheme}{root}", names=names, date="2026-01-05")
        assert seen.state == "success", seen.errors
        assert seen.seen("read") == {
            "table": described(" ".join(names)),
            "parts": described({name: name for name in names}),
        }
    assert tree(str(root)) == {
        "2026-01-05/table.txt": "c.txt deep/b.txt",
        "2026-01-05/parts/c.txt": "c.txt",
        "2026-01-05/parts/deep/b.txt": "deep/b.txt",
    }


@contract("A5")
@pytest.mark.parametrize(
    "word", ["plain", "two words", "$HOME `id` $(id)", 'it\'s "q" \\ {out.path} {{x}}', "日本 🐍", "-n", ""]
)
def test_commands_read_and_write_artifacts(run_case: RunCase, root: Path, word: str) -> None:
    seen = run_case("a5_command", word=word)
    assert seen.state == "success", seen.errors
    assert seen.seen("read") == {"one": described(f"{word}a\nb\n"), "two": described(f"{word}a\nb\n")}
    assert tree(str(root)) == {"in.txt": "b\na\n", "listed.txt": f"{word}a\nb\n", "shell.txt": f"{word}a\nb\n"}


@contract("A5")
def test_a_failed_command_leaves_no_output(run_case: RunCase, root: Path) -> None:
    seen = run_case("a5_command_fails", status=4)
    assert seen.states == {"fails": "failed", "read": "upstream_failed"}
    assert tree(str(root)) == {}
    assert run_case("a5_command_fails", status=0).results["read"] == "half\n"
