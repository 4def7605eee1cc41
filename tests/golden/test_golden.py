"""What each example compiles to, whole file by whole file. `pytest tests/golden --update-golden` accepts a change.

The runtime helpers are not kept here once more for each example: they must be copies of `portable_pipeline/runtime/`.
"""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

import portable_pipeline
from portable_pipeline.backend import backends
from portable_pipeline.codegen.names import RUNTIME_PACKAGE
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.engines.compiled import compiled_path
from tests.contract.subjects import captured

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
RUNTIME = Path(portable_pipeline.__file__).parent / "runtime"

NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/pipeline.py"))
TARGETS = sorted(backends())


def is_runtime(path: str) -> bool:
    return RUNTIME_PACKAGE in PurePosixPath(path).parts


def files_of(example: str, target: str) -> dict[str, str]:
    pipeline = captured(EXAMPLES / example / "pipeline.py")
    return {each.path: each.text for each in compile_pipeline(pipeline, backends()[target])}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("example", NAMES)
def test_compiled_example(example: str, target: str, update_golden: bool) -> None:
    kept = HERE / example / target
    wanted = {path: text for path, text in files_of(example, target).items() if not is_runtime(path)}
    found = read(kept)
    if update_golden:
        rewrite(kept, found, wanted)
        return
    assert "\n".join(differences(found, wanted)) == ""


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("example", NAMES)
def test_runtime_helpers_are_copies(example: str, target: str) -> None:
    copies = {PurePosixPath(path).name: text for path, text in files_of(example, target).items() if is_runtime(path)}
    ours = {path.name: path.read_text(encoding="utf-8") for path in RUNTIME.glob("*.py")}
    assert copies == {name: ours[name] for name in copies}


@pytest.mark.parametrize("example", NAMES)
def test_another_process_compiles_the_same(example: str, tmp_path: Path) -> None:
    ppc = Path(sys.executable).with_name("ppc")
    targets = [word for target in TARGETS for word in ("--target", target)]
    arguments = [str(ppc), "compile", f"examples/{example}/pipeline.py", *targets, "--out", str(tmp_path)]
    # Another order of sets and dicts of strings, another time of day, another working folder for the output.
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo"}
    subprocess.run(arguments, check=True, cwd=HERE.parents[1], env=environment, capture_output=True)
    for target in TARGETS:
        wanted = read(tmp_path / target)
        # What an installed engine makes of them is not ours to compare.
        wanted.pop(compiled_path(captured(EXAMPLES / example / "pipeline.py"), backends()[target]) or "", None)
        assert differences(wanted, files_of(example, target)) == []


def test_every_kept_folder_belongs_to_an_example() -> None:
    kept = {path.relative_to(HERE).parts[:2] for path in HERE.glob("*/*/*") if "__pycache__" not in path.parts}
    assert kept <= {(example, target) for example in NAMES for target in TARGETS}


def read(folder: Path) -> dict[str, str]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def rewrite(folder: Path, found: dict[str, str], wanted: dict[str, str]) -> None:
    for path in found.keys() - wanted.keys():
        (folder / path).unlink()
    for path, text in wanted.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="")


def differences(found: dict[str, str], wanted: dict[str, str]) -> list[str]:
    return [
        line
        for path in sorted(found.keys() | wanted.keys())
        for line in difflib.unified_diff(
            found.get(path, "").splitlines(), wanted.get(path, "").splitlines(), f"golden/{path}", path, lineterm=""
        )
    ]
