"""The suite itself: every rule is shown, every case is used, every engine answers for every rule."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

from portable_pipeline.backend import backends
from portable_pipeline.semantics import RULES
from tests.contract.rules import contract_of

HERE = Path(__file__).parent
BESIDE_CASES = {"alerting", "nasty", "plain", "recording", "vocabulary"}
CASES = {path.stem for path in (HERE / "cases").glob("*.py")} - BESIDE_CASES
MODULES = [f"tests.contract.{path.stem}" for path in sorted(HERE.glob("test_*.py")) if path.stem != "test_coverage"]


def declared() -> list[tuple[str, ...]]:
    """The rules of each test of the suite."""
    members = (each for module in MODULES for each in vars(import_module(module)).values())
    marked = (getattr(each, "pytestmark", ()) for each in members)
    return [contract_of(marks).rules for marks in marked if any(mark.name == "contract" for mark in marks)]


def test_every_rule_is_shown() -> None:
    assert set(RULES) - {rule for rules in declared() for rule in rules} == set()


def test_there_are_enough_tests_for_each_engine() -> None:
    assert len(declared()) >= 40


def test_every_case_is_used() -> None:
    texts = {
        node.value
        for path in HERE.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert CASES - texts == set()


@pytest.mark.parametrize("name", sorted(backends()))
def test_every_engine_answers_for_every_rule(name: str) -> None:
    assert list(backends()[name].support) == list(RULES)
