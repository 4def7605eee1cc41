"""What makes a stage another one, and what does not."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.runner import cache_keys
from portable_pipeline.runner.cache_keys import CacheKeys
from tests.contract.subjects import captured

PIPELINE = """
import helpers
from portable_pipeline import Dataset, Input, Output, command, pipeline, stage, uri

FACTOR = 2

def scaled(n):
    # by a constant
    return n * FACTOR * helpers.more()

def unrelated():
    return 1

@stage(timeout="1m", cache=True)
def work(n: int, table: Input[Dataset], out: Output[Dataset] = uri("{root}/out.txt")) -> int:
    return scaled(n)

@stage(timeout="1m")
def other(n: int, table: Output[Dataset] = uri("{root}/table.txt")) -> int:
    return unrelated() + n

shell = command("cat {table.path} > {out.path}", name="shell", timeout="1m", cache=True,
    inputs={"table": Input[Dataset]}, outputs={"out": uri("{root}/shell.txt")})

@pipeline()
def case(root: str, n: int):
    made = other(n=n)
    work(n, made.table)
    shell(made.table)
"""
HELPERS = """
import deeper

def more():
    return deeper.EVEN
"""
DEEPER = "EVEN = 1\n"

TABLE = {"uri": "/data/table.txt", "kind": "file", "size": 3, "sha256": "ab" * 32}
INPUTS: Mapping[str, Any] = {"n": 3, "table": TABLE}
OUTPUTS = {"out": "/data/out.txt"}


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def key(
    *edits: tuple[str, str],
    stage: str = "work",
    inputs: Mapping[str, Any] = INPUTS,
    outputs: Mapping[str, str] = OUTPUTS,
    python: Path | None = None,
) -> str:
    """The key of a stage, after replacements in the files of the pipeline."""
    for name, text in (("case.py", PIPELINE), ("helpers.py", HELPERS), ("deeper.py", DEEPER)):
        for old, new in edits:
            text = text.replace(old, new)
        Path(name).write_text(text, encoding="utf-8")
    for module in ("helpers", "deeper"):
        sys.modules.pop(module, None)
    found = captured(Path("case.py"))
    chosen = next(each for each in found.stages if each.id == stage)
    taken = {each.name: inputs[each.name] for each in chosen.inputs}
    return CacheKeys(found, python).key(chosen, taken, outputs)


@pytest.mark.parametrize(
    "edit",
    [
        ("return scaled(n)", "return scaled(n) + 0"),
        ("return n * FACTOR", "return FACTOR * n"),
        ("FACTOR = 2", "FACTOR = 3"),
        ("return deeper.EVEN", "return deeper.EVEN + 0"),
        ("EVEN = 1", "EVEN = 2"),
        ("# by a constant", "# by some constant"),
        (") -> int:\n    return scaled", ") -> float:\n    return scaled"),
        ("def work(n: int", "def work(n: float"),
        ("@pipeline()", '@pipeline(packages=["tomli"])'),
        ("def case(", "def another_case("),
        ("def work(", "def another_work("),
        ("out: Output[Dataset]", "out: Output[Model]"),
    ],
    ids=lambda edit: edit[1].strip(),
)
def test_another_definition_is_another_stage(edit: tuple[str, str]) -> None:
    import_of_model = ("import Dataset", "import Dataset, Model")
    stage = "another_work" if "another_work" in edit[1] else "work"
    renamed = [("    work(", "    another_work(")] if stage != "work" else []
    assert key(import_of_model) != key(import_of_model, edit, *renamed, stage=stage)


@pytest.mark.parametrize(
    "edit",
    [
        ("return 1", "return 2"),
        ("\nFACTOR", "\n\n\n# elsewhere\nOTHER = 1\n\nFACTOR"),
        ('@stage(timeout="1m", cache=True)', '@stage(timeout="9m", retries=3, owner="ann", tags=["a"], cache=True)'),
        ('uri("{root}/out.txt")', 'uri("{root}/{run_date}/out.txt")'),
        ("n: int):\n    made", "n: int = 3, more: int = 1):\n    made"),
    ],
    ids=["another stage's code", "another place", "policies", "another address", "another parameter"],
)
def test_what_does_not_matter_changes_nothing(edit: tuple[str, str]) -> None:
    assert key() == key(edit)


@pytest.mark.parametrize(
    "changed",
    [{"n": 4}, {"n": 3.0}, {"n": "3"}, {"table": {**TABLE, "sha256": "cd" * 32}}, {"table": {**TABLE, "kind": "dir"}}],
    ids=str,
)
def test_other_inputs_make_another_key(changed: Mapping[str, Any]) -> None:
    assert key() != key(inputs={**INPUTS, **changed})


def test_the_order_of_a_dict_counts() -> None:
    assert key(inputs={**INPUTS, "n": {"a": 1, "b": 2}}) != key(inputs={**INPUTS, "n": {"b": 2, "a": 1}})


def test_a_value_that_looks_like_an_artifact_is_a_value() -> None:
    elsewhere = {**TABLE, "uri": "/elsewhere"}
    assert key(inputs={**INPUTS, "n": TABLE}) != key(inputs={**INPUTS, "n": elsewhere})


def test_addresses_do_not_count() -> None:
    elsewhere = {**INPUTS, "table": {**TABLE, "uri": "/elsewhere/table.txt"}}
    assert key() == key(inputs=elsewhere, outputs={"out": "/elsewhere/out.txt"})


@pytest.mark.parametrize("asked", ["table.uri", "out.uri"])
def test_addresses_count_for_code_that_asks_for_them(asked: str) -> None:
    edit = ("return scaled(n)", f"return scaled(n) + len({asked})")
    assert key(edit) == key(edit)
    assert key(edit) != key(edit, inputs={**INPUTS, "table": {**TABLE, "uri": "/elsewhere/table.txt"}})
    assert key(edit) != key(edit, outputs={"out": "/elsewhere/out.txt"})


def test_a_command_is_its_text_and_its_image() -> None:
    assert key(stage="shell") == key(stage="shell")
    assert key(stage="shell") != key(("cat {table.path}", "head {table.path}"), stage="shell")
    assert key(stage="shell") != key(('name="shell"', 'name="shell", image="acme:1"'), stage="shell")
    assert key(stage="shell") != key(stage="work")
    by_address = ("cat {table.path}", "cat {table.uri}")
    elsewhere = {"table": {**TABLE, "uri": "/elsewhere"}}
    assert key(by_address, stage="shell") != key(by_address, stage="shell", inputs=elsewhere)


def test_what_is_installed_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = key()
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert key() == before
    (tmp_path / "site" / "acme-1.2.dist-info").mkdir(parents=True)
    first = key()
    (tmp_path / "site" / "acme-1.2.dist-info").rename(tmp_path / "site" / "acme-1.3.dist-info")
    assert len({before, first, key()}) == 3


def test_another_interpreter_is_asked_what_it_has(tmp_path: Path) -> None:
    assert key(python=Path(sys.executable)) == key()
    other = tmp_path / "python"
    other.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path}/site exec {sys.executable} "$@"\n', encoding="utf-8")
    other.chmod(0o755)
    (tmp_path / "site" / "acme-1.2.dist-info").mkdir(parents=True)
    first = key(python=other)
    (tmp_path / "site" / "acme-1.2.dist-info").rename(tmp_path / "site" / "acme-1.3.dist-info")
    assert len({key(), first, key(python=other)}) == 3


def test_our_own_version_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key()
    monkeypatch.setattr(cache_keys, "version", lambda name: "999")
    assert key() != before
