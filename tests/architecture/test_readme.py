"""What the README shows is what the compiler does. `pytest tests/architecture --update-golden` brings it up to date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from portable_pipeline.backend import backends
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.matrix import as_markdown
from tests.contract.subjects import captured

README = Path(__file__).parents[2] / "README.md"
_BLOCK = re.compile(r"(<!-- (?P<name>[a-z: ]+) -->\n)(?P<text>.*?)(<!-- end -->)", re.DOTALL)


def blocks() -> dict[str, str]:
    return {found["name"]: found["text"] for found in _BLOCK.finditer(README.read_text(encoding="utf-8"))}


def expected(folder: Path) -> Iterator[tuple[str, str]]:
    yield "matrix", as_markdown(backends())
    source = folder / "churn.py"
    source.write_text(fenced(blocks()["example: pipeline"]), encoding="utf-8")
    pipeline = captured(source)
    for name, target in backends().items():
        entry = target.engine.entry(pipeline)
        text = next(each.text for each in compile_pipeline(pipeline, target) if each.path == entry)
        yield f"example: {name}", f"```python\n{text[first_stage(text) :]}```\n"


def first_stage(text: str) -> int:
    """Where the part begins that says what this pipeline is; above stand imports and what every pipeline has."""
    return text.rindex("\n@", 0, text.index("\ndef ingest(")) + 1


def fenced(block: str) -> str:
    return block.removeprefix("```python\n").removesuffix("```\n")


def test_the_readme_is_current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, update_golden: bool) -> None:
    monkeypatch.chdir(tmp_path)
    wanted = dict(expected(tmp_path))
    if update_golden:
        text = _BLOCK.sub(
            lambda found: f"{found[1]}{wanted.get(found['name'], found['text'])}{found[4]}",
            README.read_text(encoding="utf-8"),
        )
        README.write_text(text, encoding="utf-8")
    shown = blocks()
    assert {name: shown.get(name) for name in wanted} == wanted


def test_the_commands_of_the_readme_exist() -> None:
    from portable_pipeline.cli.main import COMMANDS

    named = set(re.findall(r"^(?:\$ |\| `)ppc ([a-z]+)", README.read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= set(COMMANDS)
    assert named >= {"check", "run", "compile", "verify", "graph", "ir", "targets", "engines"}


def test_the_files_that_the_readme_links_to_exist() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)\)", README.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (README.parent / link).is_file()] == []
