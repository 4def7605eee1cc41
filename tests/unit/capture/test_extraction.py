"""Stage code behaves the same where it travels to: extracted, written down, and called in a fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from portable_pipeline.capture import Captured, load
from portable_pipeline.codegen.code_folder import code_folder
from portable_pipeline.diagnostics import Severity
from portable_pipeline.ir import ExtractedModule, PythonBody, from_json, to_json
from tests.unit.capture.extraction_cases import CASES, Case
from tests.unit.capture.extraction_modules import MODULE_CASES

_CALL = """
import importlib, json, sys
module, function, arguments, forbidden = sys.argv[1:]
called = getattr(importlib.import_module(module), function)
print(json.dumps(called(**json.loads(arguments))))
assert forbidden not in sys.modules, forbidden + " was imported"
"""


def written(files: dict[str, str], folder: Path) -> Path:
    """The folder, with these files in it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def called(folder: Path, module: str, function: str, arguments: object, forbidden: str = "nothing") -> object:
    """What the function of a module in that folder returns, in an interpreter of its own."""
    command = [sys.executable, "-c", _CALL, module, function, json.dumps(arguments), forbidden]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(params=(*CASES, *MODULE_CASES), ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture
def original(case: Case, tmp_path: Path) -> Path:
    return written(case.files, tmp_path / "original")


@pytest.fixture
def captured(case: Case, original: Path) -> Captured:
    return load(str(original / case.main))


def test_behaves_the_same(case: Case, original: Path, captured: Captured, tmp_path: Path) -> None:
    (it,) = (stage for stage in captured.pipeline.stages if stage.id == "it")
    assert isinstance(it.body, PythonBody)
    files = {each.path: each.text for each in code_folder(captured.pipeline)}
    written(files, tmp_path / "travelled")
    (folder,) = (tmp_path / "travelled").iterdir()
    here = called(original, it.body.module, it.body.function, case.arguments)
    there = called(folder, it.body.module, it.body.function, case.arguments, forbidden="portable_pipeline")
    assert there == here


def test_finds_nothing_wrong(captured: Captured) -> None:
    assert [each.message for each in captured.diagnostics if each.severity is Severity.ERROR] == []


def test_is_exact_as_json(captured: Captured) -> None:
    text = to_json(captured.pipeline)
    assert from_json(text) == captured.pipeline
    assert to_json(from_json(text)) == text


def test_is_the_same_every_time(case: Case, original: Path, captured: Captured) -> None:
    assert load(str(original / case.main)).pipeline == captured.pipeline


def test_needs_name_what_is_there(captured: Captured) -> None:
    """A statement needs names that other statements define, or ours."""
    for module in captured.pipeline.modules:
        if isinstance(module, ExtractedModule):
            defined = {name for each in module.statements for name in each.defines}
            for each in module.statements:
                assert set(each.needs) <= defined | set(module.runtime_names)
