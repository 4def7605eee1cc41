"""The suite itself: every rule is shown, every case is used, every engine answers for every rule."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

from portable_pipeline.backend import Answer, Evidence, Support, backends
from portable_pipeline.semantics import RULES
from tests.contract.rules import Contract, Mode, contract_of

HERE = Path(__file__).parent
BESIDE_CASES = {"alerting", "nasty", "plain", "recording", "vocabulary"}
CASES = {path.stem for path in (HERE / "cases").glob("*.py")} - BESIDE_CASES
MODULES = [f"tests.contract.{path.stem}" for path in sorted(HERE.glob("test_*.py")) if path.stem != "test_coverage"]


def declared() -> list[Contract]:
    """What each test of the suite is about."""
    members = (each for module in MODULES for each in vars(import_module(module)).values())
    marked = (getattr(each, "pytestmark", ()) for each in members)
    return [contract_of(marks) for marks in marked if any(mark.name == "contract" for mark in marks)]


def test_every_rule_is_shown() -> None:
    assert set(RULES) - {rule for each in declared() for rule in each.rules} == set()


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


@pytest.mark.parametrize("name", sorted(backends()))
def test_every_answer_is_backed_by_a_test_of_its_kind(name: str) -> None:
    """A rule that is kept has a case that is executed: one that shows a refused rule as well proves nothing of it."""
    shown = {(rule, each.mode(name)) for each in declared() for rule in each.rules}
    wanted = {(rule, mode_of(backends()[name].support[rule])) for rule in RULES}
    assert wanted - shown == set()


def mode_of(support: Support) -> Mode:
    """What a test of a rule alone is on an engine that answers so."""
    if support.answer is Answer.REFUSED:
        return Mode.REFUSED
    return Mode.SPEC_ONLY if support.evidence is Evidence.SPEC_ONLY else Mode.EXECUTED
