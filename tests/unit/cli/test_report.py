"""`ppc report` and `ppc graph --format html` write one page, where it is wanted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from portable_pipeline.store import Project
from tests.unit.cli.conftest import Called

Ppc = Callable[..., Called]


@pytest.fixture
def run(ppc: Ppc, sample: Path) -> str:
    """A run that has failed."""
    assert ppc("run", "sample.py", "-p", "n=3").code == 0
    (record,) = Project(Path(".ppc")).runs()
    return record.id


def test_a_run_becomes_a_page(ppc: Ppc, run: str) -> None:
    called = ppc("report", run[:20], "-o", "deep/er/run.html")
    assert (called.code, called.out, called.err) == (0, "", "")
    text = Path("deep/er/run.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>\n")
    assert [each.name for each in Path("deep/er").iterdir()] == ["run.html"]
    assert ppc("report", run).out == ppc("report", run, "--out", "-").out == text
    assert not Path("-").exists()


def test_a_pipeline_becomes_a_page(ppc: Ppc, sample: Path) -> None:
    assert ppc("graph", "sample.py", "--format", "html", "--out", "sample.html").code == 0
    text = Path("sample.html").read_text(encoding="utf-8")
    assert "return 2 * n" in text
    assert text == ppc("graph", "sample.py", "-f", "html", "-o", "-").out


def test_an_unknown_run_is_told(ppc: Ppc, run: str) -> None:
    called = ppc("report", "nothing", "-o", "run.html")
    assert (called.code, "error[PPC482]: there is no run `nothing`" in called.err) == (1, True)
    assert not Path("run.html").exists()


def test_a_page_that_cannot_be_written_leaves_what_was_there(ppc: Ppc, run: str) -> None:
    Path("file").write_text("mine", encoding="utf-8")
    called = ppc("report", run, "-o", "file/run.html")
    assert (called.code, "error[PPC470]: cannot write to file" in called.err) == (1, True)
    Path("folder").mkdir()
    called = ppc("report", run, "-o", "folder")
    assert (called.code, "error[PPC470]" in called.err) == (1, True)
    assert Path("file").read_text(encoding="utf-8") == "mine"
    assert sorted(each.name for each in Path().iterdir() if not each.name.startswith(".")) == [
        "file",
        "folder",
        "sample.py",
    ]
