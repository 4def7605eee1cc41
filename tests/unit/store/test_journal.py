"""What a run writes down is there as a whole or not at all, whatever becomes of the process."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from portable_pipeline.diagnostics import Refused
from portable_pipeline.outcome import Origin
from portable_pipeline.store import Journal, Project
from portable_pipeline.store.locks import holder
from tests.unit.store.test_project import CASE, record


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


def test_nothing_is_there_before_the_commit(project: Project) -> None:
    journal = Journal.begin(project, record("r"), CASE)
    journal.attempt_started("a", 1)
    journal.stage("a", "running", 1)
    reader = Project(project.folder)
    assert (reader.attempts("r"), reader.stages("r")) == ([], [])
    journal.commit()
    assert [(each.stage, each.number, each.state) for each in reader.attempts("r")] == [("a", 1, "running")]
    assert [(each.id, each.state, each.attempts) for each in reader.stages("r")] == [("a", "running", 1)]


def test_what_cannot_be_written_as_a_whole_is_not_written(project: Project) -> None:
    journal = Journal.begin(project, record("r"), CASE)
    journal.stage("a", "success", 1)
    journal.attempt_started("b", 1)
    journal.attempt_started("b", 1)  # the same key twice
    with pytest.raises(Refused):
        journal.commit()
    assert Project(project.folder).stages("r") == []


def test_a_run_that_cannot_begin_is_nobodys(project: Project) -> None:
    Journal.begin(project, record("r"), CASE).close()
    with pytest.raises(Refused):
        Journal.begin(project, record("r"), CASE)  # the same id twice
    assert holder(project.run_folder("r")) is None


def test_artifacts_are_told_from_values(project: Project) -> None:
    journal = Journal.begin(project, record("r"), CASE)
    reference = {"uri": "data/x", "kind": "file", "size": 3, "sha256": "ab"}
    journal.returned("a", {"result": {"uri": "no artifact"}, "out": reference}, 1)
    journal.commit()
    assert [(each.name, each.uri, each.size) for each in project.artifacts("r")] == [("out", "data/x", 3)]
    assert project.stages("r")[0].returned == {"result": {"uri": "no artifact"}, "out": reference}


def test_what_a_stage_has_returned_is_never_without_its_state(project: Project) -> None:
    journal = Journal.begin(project, record("r"), CASE)
    journal.attempt_started("a", 1)
    journal.returned("a", {"result": 1}, 1)
    journal.returned("b", {"result": 2}, 0)
    journal.cached("a", "key of a", None)
    journal.cached("b", "key of b", Origin("earlier", "b"))
    journal.commit()
    assert [(each.id, each.state, each.attempts, each.returned, each.cached) for each in project.stages("r")] == [
        ("a", "success", 1, {"result": 1}, None),
        ("b", "success", 0, {"result": 2}, Origin("earlier", "b")),
    ]


def test_a_resumed_run_keeps_what_it_is_told_and_counts_on(project: Project) -> None:
    journal = Journal.begin(project, record("r"), CASE)
    for stage in ("kept", "again"):
        journal.attempt_started(stage, 1)
        journal.stage(stage, "running", 1)
    journal.attempt_ended("kept", 1, "success")
    journal.returned("kept", {"result": 1}, 1)
    journal.commit()
    journal.close()
    resumed = Journal.resume(project, project.run("r"), CASE, ["kept"])
    assert [each.id for each in project.stages("r")] == ["kept"]
    found = {each.stage: (each.state, each.error) for each in project.attempts("r")}
    assert found == {"kept": ("success", None), "again": ("cancelled", "its run was interrupted")}
    assert (resumed.number("kept", 1), resumed.number("again", 1)) == (1, 2)
    resumed.attempt_started("again", 1)
    resumed.commit()
    assert [(each.number, each.session) for each in project.attempts("r") if each.stage == "again"] == [(1, 1), (2, 2)]
    assert project.run("r").sessions == 2


def test_a_killed_process_leaves_whole_commits(project: Project) -> None:
    code = """
import sys
from pathlib import Path
from portable_pipeline.store import Journal, Project
from tests.unit.store.test_project import CASE, record
journal = Journal.begin(Project(Path(sys.argv[1])), record("r"), CASE)
for number in range(1, 1_000_000):
    journal.attempt_started("a", number)
    journal.stage("a", "running", number)
    journal.commit()
    print(number, flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", code, str(project.folder)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        told = 0
        while told < 50:
            told = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        told = int(([str(told).encode(), *writer.stdout.read().split()])[-1])
    assert project.database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    committed = len(project.attempts("r"))
    assert committed in (told, told + 1)
    assert project.stages("r")[0].attempts == committed


def test_a_full_disk_is_told(project: Project) -> None:
    journal = Journal.begin(project, record("r"), CASE)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, before[1]))
    try:
        with pytest.raises(Refused) as refused:
            for number in range(1, 200):
                journal.returned(f"stage_{number}", {"result": "x" * 4000}, 1)
                journal.commit()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert [each.code for each in refused.value.diagnostics] == ["PPC480"]
    assert project.database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
