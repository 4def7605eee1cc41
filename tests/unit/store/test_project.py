"""The project folder: what is asked of it, and what it says when it cannot be used."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from portable_pipeline.diagnostics import Refused
from portable_pipeline.ir import Pipeline
from portable_pipeline.store import Journal, Project, RunRecord, locks
from portable_pipeline.store.forgetting import Outdated, forget, outdated
from portable_pipeline.store.locks import Held, RunLock, holder
from portable_pipeline.store.schema import MIGRATIONS

CASE = Pipeline(name="case", source="case.py")


def record(id: str, *, pipeline: str = "case", created: float = 100.0) -> RunRecord:
    return RunRecord(id, pipeline, "case.py", {"n": 1}, "2026-01-05T00:00:00+00:00", "running", created)


def ended(project: Project, id: str, state: str, *, pipeline: str = "case", created: float = 100.0) -> None:
    journal = Journal.begin(project, record(id, pipeline=pipeline, created=created), CASE)
    journal.ended(state, None, degraded=False, hook_errors=())
    journal.commit()
    journal.close()


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [each.code for each in refused.value.diagnostics]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


def test_runs_are_found_by_what_they_are(project: Project) -> None:
    ended(project, "a1", "success", created=100.0)
    ended(project, "a2", "failed", created=200.0)
    ended(project, "b1", "success", pipeline="other", created=300.0)
    assert [each.id for each in project.runs()] == ["b1", "a2", "a1"]
    assert [each.id for each in project.runs(pipeline="case")] == ["a2", "a1"]
    assert [each.id for each in project.runs(state="success")] == ["b1", "a1"]
    assert [each.id for each in project.runs(since=200.0, until=300.0)] == ["a2"]
    assert [each.id for each in project.runs(limit=1)] == ["b1"]
    assert project.run("b").pipeline == "other"
    assert project.run("a1").parameters == {"n": 1}


def test_questions_are_answered_by_indices(project: Project) -> None:
    for name in ("a", "b"):
        ended(project, name, "success")
    asked: list[str] = []
    project.database.set_trace_callback(asked.append)
    project.runs(limit=20)
    project.runs(pipeline="case", since=1.0, until=2.0, limit=20)
    project.run("a")
    project.pipeline("a")
    for question in (project.stages, project.attempts, project.artifacts, project.events, project.history):
        question("a")
    project.database.set_trace_callback(None)
    assert len(asked) == 9
    for each in asked:
        plan = [row[3] for row in project.database.execute(f"EXPLAIN QUERY PLAN {each}")]
        assert plan, each
        for step in plan:
            # A scan in the order of an index ends with the limit.
            assert step.startswith("SEARCH") or "SCAN run USING INDEX run_by_time" in step or "ORDER BY" in step, plan
        if "FROM run" in each:
            assert not any("ORDER BY" in step for step in plan), plan


def test_a_run_is_named_by_enough_of_its_id(project: Project) -> None:
    ended(project, "a", "success")
    ended(project, "ab_1", "success")
    ended(project, "abx1", "success")
    assert project.run("a").id == "a"
    assert project.run("ab_").id == "ab_1"
    with pytest.raises(Refused) as ambiguous:
        project.run("ab")
    assert codes(ambiguous) == ["PPC483"]
    for unknown in ("b", "%", ""):
        with pytest.raises(Refused) as missing:
            project.run(unknown)
        assert codes(missing) == ["PPC483" if unknown == "" else "PPC482"]


def test_a_run_whose_process_is_gone_is_interrupted(project: Project) -> None:
    journal = Journal.begin(project, record("r"), CASE)
    assert project.run("r").state == "running"
    assert holder(project.run_folder("r")) == os.getpid()
    journal.close()
    assert project.run("r").state == "interrupted"
    assert [each.id for each in project.runs(state="interrupted")] == ["r"]


def test_one_process_at_a_time_works_on_a_run(project: Project) -> None:
    code = (
        "import sys; from pathlib import Path; from portable_pipeline.store import Project\n"
        "lock = Project(Path(sys.argv[1])).lock('r'); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(project.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Refused) as refused:
            project.lock("r")
        assert codes(refused) == ["PPC484"]
        assert f"process {other.pid} works on run `r`" in refused.value.diagnostics[0].message
        other.kill()
    project.lock("r").release()


@pytest.mark.parametrize("content", [b"this is no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_database_is_told(project: Project, content: bytes) -> None:
    project.folder.mkdir()
    (project.folder / "runs.db").write_bytes(content)
    with pytest.raises(Refused) as refused:
        project.runs()
    assert codes(refused) == ["PPC480"]
    assert (project.folder / "runs.db").read_bytes() == content


def test_a_database_of_something_else_is_left_alone(project: Project) -> None:
    project.folder.mkdir()
    with sqlite3.connect(project.folder / "runs.db") as theirs:
        theirs.execute("CREATE TABLE theirs (n INTEGER)")
    with pytest.raises(Refused) as refused:
        project.runs()
    assert "something else" in refused.value.diagnostics[0].message
    with sqlite3.connect(project.folder / "runs.db") as theirs:
        assert theirs.execute("SELECT name FROM sqlite_schema").fetchall() == [("theirs",)]


def test_a_database_of_a_later_version_is_refused(project: Project) -> None:
    ended(project, "r", "success")
    project.database.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    project.close()
    with pytest.raises(Refused) as refused:
        project.runs()
    assert codes(refused) == ["PPC481"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Refused) as refused:
        Project(tmp_path / "file" / "project").runs()
    assert codes(refused) == ["PPC480"]


def test_the_folder_is_no_business_of_git(project: Project) -> None:
    ended(project, "r", "success")
    assert (project.folder / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_a_lock_that_was_removed_while_one_waited_for_it_is_made_anew(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise two processes could work on the run: nobody else would find the lock."""
    folder = project.run_folder("r")
    first = RunLock(folder)

    def meanwhile(seconds: float) -> None:
        shutil.rmtree(folder)
        first.release()

    with monkeypatch.context() as waiting:
        waiting.setattr(locks.time, "sleep", meanwhile)
        second = RunLock(folder)
    assert holder(folder) == os.getpid()
    with pytest.raises(Held):
        RunLock(folder)
    second.release()
    assert holder(folder) is None


def test_a_deleted_run_leaves_nothing(project: Project) -> None:
    journal = Journal.begin(project, record("r"), CASE)
    journal.attempt_started("a", 1)
    journal.returned("a", {"result": 1, "out": {"uri": "x", "kind": "file", "size": 1, "sha256": "0"}}, 1)
    journal.commit()
    journal.close()
    forgotten = forget(project, outdated(project, before=101.0))
    assert ([each.id for each in forgotten.runs], forgotten.orphans, forgotten.left) == (["r"], [], [])
    assert not project.run_folder("r").exists()
    tables = ("run", "stage", "attempt", "artifact", "event")
    counts = {each: project.database.execute(f"SELECT count(*) FROM {each}").fetchone()[0] for each in tables}
    assert counts == dict.fromkeys(tables, 0)


def test_folders_without_a_run_are_orphans(project: Project) -> None:
    ended(project, "r", "success")
    project.run_folder("left").mkdir()
    (project.folder / "runs" / "notes.txt").touch()
    found = outdated(project, before=0.0)
    assert [each.name for each in found.orphans] == ["left"]
    assert forget(project, found).orphans == found.orphans
    assert {each.name for each in (project.folder / "runs").iterdir()} == {"r", "notes.txt"}


def test_a_question_leaves_nothing_behind(project: Project) -> None:
    assert project.runs() == []
    assert outdated(project, before=1000.0) == Outdated([], [], [])
    with pytest.raises(Refused) as missing:
        project.run("r")
    assert codes(missing) == ["PPC482"]
    assert not project.folder.exists()
