"""The command line, called as a user calls it, and small pipelines to call it with."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from portable_pipeline.cli.main import run
from portable_pipeline.engines import home

GOOD = '''
"""A sample."""

from portable_pipeline import pipeline, stage


@stage(timeout="1m")
def double(n: int) -> int:
    """Twice as many."""
    return 2 * n


@stage(timeout="1m")
def halve(n: int) -> int:
    """Half as many; fails for odd numbers."""
    if n % 2:
        raise ValueError(f"{n} is odd")
    return n // 2


@pipeline
def sample(n: int = 3):
    """Doubles and halves."""
    halve(double(n))
'''


@dataclass(frozen=True)
class Called:
    """What a call of `ppc` left behind."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder and a home of its own for each test: nothing is installed, nothing of the user's is touched."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path_factory.mktemp("temporary")))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv(home.HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.delenv("PPC_TRACEBACK", raising=False)
    return tmp_path


@pytest.fixture
def ppc(capsys: pytest.CaptureFixture[str]) -> Callable[..., Called]:
    """`ppc("check", "pipeline.py")`."""

    def call(*arguments: str) -> Called:
        capsys.readouterr()
        code = run(arguments)
        said = capsys.readouterr()
        return Called(code, said.out, said.err)

    return call


@pytest.fixture
def sample(own_place: Path) -> Path:
    """A pipeline without mistakes."""
    return write(own_place / "sample.py", GOOD)


def write(path: Path, text: str) -> Path:
    path.write_text(dedent(text).lstrip(), encoding="utf-8")
    return path
