"""Nothing happens that was not written down before: the disk fails at each commit in turn."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from portable_pipeline.diagnostics import Refused
from portable_pipeline.diagnostics.catalog.store import ProjectUnusable
from portable_pipeline.ir import Pipeline
from portable_pipeline.runner import resume_locally, run_locally
from portable_pipeline.store import Journal, Project
from tests.unit.runner.pipelines import hook, pipeline, result, stage

CODE = """
def note(name):
    with open("log.txt", "a") as file:
        print(name, file=file)
    return name

def one(): return note("one")
def two(of): return note("two")
def flaky(of):
    note("flaky")
    with open("log.txt") as file:
        if file.read().count("flaky") < 2:
            raise ValueError("not yet")
def told(event): note("told")
"""


def case() -> Pipeline:
    return pipeline(
        CODE,
        stage("one"),
        stage("two", takes={"of": result("one")}),
        stage("flaky", takes={"of": result("one")}, retries=2),
        on_exit=hook("told"),
    )


class FullDisk:
    """A disk that is full from the n-th commit on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, commits: int) -> None:
        self.left = commits
        commit = Journal.commit

        def limited(journal: Journal) -> None:
            self.left -= 1
            if self.left < 0:
                raise Refused([ProjectUnusable(folder="here", reason="the disk is full")])
            commit(journal)

        monkeypatch.setattr(Journal, "commit", limited)


def executed() -> tuple[str, str]:
    """How the run ended, and why; it has not begun where that could not be written down."""
    try:
        outcome = run_locally(case())
    except Refused as refused:
        return "failed", refused.diagnostics[0].message
    return outcome.state, outcome.error or ""


def test_whenever_the_disk_fails_nothing_has_run_that_is_not_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    states = []
    for commits in range(30):
        place = tmp_path / str(commits)
        place.mkdir()
        monkeypatch.chdir(place)
        with monkeypatch.context() as broken:
            disk = FullDisk(broken, commits)
            state, error = executed()
            states.append(state)
        if disk.left >= 0:
            break
        assert (state, "the disk is full" in error) == ("failed", True)
        log = Path("log.txt")
        ran = Counter(log.read_text(encoding="utf-8").split() if log.exists() else [])
        found = Project().runs()
        written = Counter(each.stage for run in found for each in Project().attempts(run.id))
        assert {stage: count for stage, count in ran.items() if stage != "told" and count > written[stage]} == {}
        if found:
            # The process is the same, so the run counts as one whose process is gone.
            resumed = resume_locally(case(), found[0].id)
            assert resumed.state == "success", resumed.error
    assert states[-1] == "success"
    assert len(states) > 8
