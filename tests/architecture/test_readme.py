"""What the README shows is what the compiler does. `pytest tests/architecture --update-golden` brings it up to date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from portable_pipeline.backend import backends
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.matrix import as_markdown
from portable_pipeline.validate import validate
from tests.architecture.blocks import blocks, fenced, rewrite, unfenced
from tests.contract.subjects import captured

README = Path(__file__).parents[2] / "README.md"


def expected(folder: Path) -> Iterator[tuple[str, str]]:
    yield "matrix", as_markdown(backends())
    source = folder / "churn.py"
    source.write_text(unfenced(blocks(README)["example: pipeline"]), encoding="utf-8")
    pipeline = captured(source)
    for name, target in backends().items():
        entry = target.engine.entry(pipeline)
        text = next(each.text for each in compile_pipeline(pipeline, target) if each.path == entry)
        yield f"example: {name}", fenced(text[first_stage(text) :])


def first_stage(text: str) -> int:
    """Where the part begins that says what this pipeline is; above stand imports and what every pipeline has."""
    return text.rindex("\n@", 0, text.index("\ndef ingest(")) + 1


def test_the_readme_is_current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, update_golden: bool) -> None:
    monkeypatch.chdir(tmp_path)
    wanted = dict(expected(tmp_path))
    if update_golden:
        rewrite(README, wanted)
    shown = blocks(README)
    assert {name: shown.get(name) for name in wanted} == wanted


def test_the_control_flow_of_the_readme_is_a_valid_pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "retrain.py"
    source.write_text(unfenced(blocks(README)["example: control flow"]), encoding="utf-8")
    assert list(validate(captured(source))) == []


def test_the_commands_of_the_readme_exist() -> None:
    from portable_pipeline.cli.main import COMMANDS

    named = set(re.findall(r"^(?:\$ |\| `)ppc ([a-z]+)", README.read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= set(COMMANDS)
    assert named >= {"check", "run", "compile", "verify", "graph", "ir", "targets", "engines"}


def test_the_files_that_the_readme_links_to_exist() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)\)", README.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (README.parent / link).is_file()] == []
