"""Sizes, names, and what is left out of finished code."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

import portable_pipeline
from portable_pipeline.backend import backends
from portable_pipeline.semantics import RULES

ROOT = Path(__file__).parents[2]
LONGEST = 500
PRODUCT = ("portable_pipeline", "backends", "templates")
IN_EVERY_BACKEND = {
    "__init__.py", "backend.py", "check.py", "driver.py", "generate.py", "lower.py", "plan.py", "py.typed", "support.py"
}  # fmt: skip


def modules(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert found
    return found


def test_no_module_is_too_long() -> None:
    written_by_people = [
        path
        for path in modules(*PRODUCT[:2], "tests", "bench", "examples")
        if "golden" not in path.relative_to(ROOT).parts
    ]
    long = {
        str(path.relative_to(ROOT)): length
        for path in written_by_people
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_modules_are_named_after_what_is_in_them() -> None:
    vague = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py"}
    assert [path for path in modules(*PRODUCT[:2], "tests") if path.name in vague] == []


def test_nothing_is_left_open_in_the_product() -> None:
    open_ends = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    files = [path for folder in PRODUCT for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".j2")]
    assert [path for path in files if open_ends.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("target", sorted(backends()))
def test_every_backend_has_the_same_files(target: str) -> None:
    folder = backends()[target].engine.driver.parent
    assert {path.name for path in folder.iterdir()} >= IN_EVERY_BACKEND


@pytest.mark.parametrize("target", sorted(backends()))
def test_every_backend_answers_every_rule(target: str) -> None:
    support = backends()[target].support
    assert set(support) == set(RULES)
    assert all(answer.how for answer in support.values())


def test_the_rules_are_those_of_the_documentation() -> None:
    text = (ROOT / "docs" / "semantics.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\*\*([A-Z]\d(?:\.\w+)?)\*\*", text)) == set(RULES)


def test_the_public_names() -> None:
    names = {
        "Abort", "Artifact", "Dataset", "Directory", "FailureEvent", "Field", "Input", "Metrics", "Model", "Output",
        "RunEvent", "collect", "command", "cron", "each", "first_of", "for_each", "group", "in_", "otherwise",
        "pipeline", "run", "stage", "uri", "when",
    }  # fmt: skip
    assert set(portable_pipeline.__all__) == names
    assert all(getattr(portable_pipeline, name) is not None for name in names)


def test_what_is_committed_names_no_machine_and_no_index() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    own = Path(__file__).relative_to(ROOT).as_posix()
    private = re.compile(r"/(?:root|home/\w+|work/(?:main|shared))/|/tmp/ppc\b|--index-url|--extra-index-url")
    found = {
        name
        for name in listed
        if name and name != own and (ROOT / name).is_file() and private.search(text_of(ROOT / name))
    }
    assert found == set()


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="ignore")
