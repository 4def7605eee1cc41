"""One night, really run, and a browser to look at its pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from portable_pipeline.outcome import RunOutcome
from portable_pipeline.report import pipeline_page, run_page
from portable_pipeline.runner import run_locally
from portable_pipeline.store import Project
from tests.contract.subjects import captured
from tests.report.browsing import Browser, browser

BUSY = Path(__file__).parent / "cases" / "busy.py"


@dataclass(frozen=True)
class Night:
    """A run, and the files with its page and with that of its pipeline."""

    outcome: RunOutcome
    project: Project
    page: Path
    pipeline_page: Path


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser that all tests share."""
    with browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A night with retries, a timeout, a failure, a loop, a skipped stage, a stand-in and a broken hook."""
    folder = tmp_path_factory.mktemp("busy")
    pipeline = captured(BUSY)
    given = {"root": str(folder / "data"), "marks": str(folder / "marks")}
    outcome = run_locally(pipeline, given, date="2026-01-05", project=folder / ".ppc")
    project = Project(folder / ".ppc")
    record = project.run(outcome.run_id)
    page, other = folder / "run.html", folder / "pipeline.html"
    assert record.ended is not None
    page.write_text(run_page(project, record, record.ended), encoding="utf-8")
    other.write_text(pipeline_page(pipeline), encoding="utf-8")
    return Night(outcome, project, page, other)
