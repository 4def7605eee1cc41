"""Predicates as Python: what they evaluate to, and how they read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portable_pipeline.ir import (
    AllOf,
    AnyOf,
    ArtifactRef,
    Constant,
    DictOf,
    ListOf,
    Not,
    OptionalOf,
    ParameterRef,
    Predicate,
    Record,
    RecordField,
    RunDate,
    RunTime,
    Value,
)
from portable_pipeline.ir.types import BOOL, DATE, INT, STR
from portable_pipeline.runtime.predicates import typed
from ppc_prefect.conditions import expression, shown, uses_typed, value_text
from ppc_prefect.scope import scope_of
from ppc_prefect.values import value_source
from tests.unit.backends.prefect_blocks import collected, compare, first_of, item, result, when
from tests.unit.backends.prefect_pipelines import parameter, pipeline, stage

FIELDS = (RecordField(name="day", type=DATE), RecordField(name="n", type=INT))
SCOPE = scope_of(
    pipeline(
        stage("score", result=INT),
        stage("day", result=DATE),
        blocks=(when("when"),),
        parameters=(parameter("least", INT), parameter("until", DATE), parameter("force", BOOL)),
    )
)
LARGE = compare(result("score"), ">", 3)
SMALL = compare(result("score"), "<", 1)
FORCED = compare(ParameterRef(name="force"), "==", True, BOOL)


def written(predicate: Predicate) -> str:
    return expression(predicate, lambda value: value_source(value, SCOPE), SCOPE.helpers["typed"])


def holds(predicate: Predicate, score: Any = 0, day: Any = "2026-01-05", **parameters: Any) -> bool:
    """What a gate's task would return."""
    known = {"score": {"result": score}, "day": {"result": day}, "typed": typed, **parameters}
    found: bool = eval(written(predicate), known)
    return found


@pytest.mark.parametrize("score", [0, 2, 5])
def test_not_and_or_group_as_they_were_written(score: int) -> None:
    large, small = score > 3, score < 1
    assert holds(Not(item=AnyOf(items=(LARGE, SMALL))), score) is not (large or small)
    assert holds(AllOf(items=(Not(item=LARGE), Not(item=SMALL))), score) is (not large and not small)
    assert holds(AllOf(items=(AnyOf(items=(LARGE, SMALL)), LARGE)), score) is large
    assert holds(AnyOf(items=(AllOf(items=(LARGE, SMALL)), SMALL)), score) is small
    assert holds(Not(item=Not(item=LARGE)), score) is large


@pytest.mark.parametrize(
    ("operator", "right", "expected"),
    [("==", 3, True), ("!=", 3, False), ("<", 3, False), ("<=", 3, True), (">", 2, True), (">=", 4, False)],
)
def test_each_comparison(operator: Any, right: int, expected: bool) -> None:
    assert holds(compare(result("score"), operator, right), 3) is expected
    assert holds(compare(result("score"), operator, ParameterRef(name="least")), 3, least=right) is expected


def test_membership() -> None:
    listed = compare(result("score"), "in", [1, 2])
    assert (holds(listed, 2), holds(listed, 3)) == (True, False)


def test_nobody_compares_a_flag_with_true() -> None:
    force = ParameterRef(name="force")
    cases = {
        FORCED: "force",
        compare(force, "!=", True, BOOL): "not force",
        compare(force, "==", False, BOOL): "not force",
        compare(False, "!=", force, BOOL): "force",
    }
    assert {case: written(case) for case in cases} == cases
    assert shown(AnyOf(items=(LARGE, Not(item=FORCED)))) == "score > 3 or (not (force))"


def test_what_may_be_none_is_compared_all_the_same() -> None:
    maybe = compare(ParameterRef(name="force"), "==", False, OptionalOf(item=BOOL))
    assert written(maybe) == "force == False"
    assert holds(maybe, force=None) is False


@pytest.mark.parametrize(("day", "expected"), [("2026-01-05", True), ("2026-01-20", False)])
def test_dates_are_compared_as_dates_whoever_gives_them(day: str, expected: bool) -> None:
    constant = compare(result("day"), "<", "2026-01-10", DATE)
    given = compare(result("day"), "<", ParameterRef(name="until"), DATE)
    assert holds(constant, day=day) is expected
    assert holds(given, day=day, until=date(2026, 1, 10)) is expected  # Prefect gives parameters as they are declared


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        (ListOf(item=DATE), "['list', 'date']"),
        (OptionalOf(item=DATE), "['optional', 'date']"),
        (DictOf(value=ListOf(item=DATE)), "['dict', ['list', 'date']]"),
        (Record(form="dataclass", module="m", name="R", fields=FIELDS), "{'day': 'date'}"),
    ],
)
def test_dates_inside_of_values_too(type: Any, kind: str) -> None:
    predicate = compare(result("day"), "==", Constant(value=None), type)
    assert written(predicate) == f"typed(day['result'], {kind}) == typed(None, {kind})"
    assert uses_typed(Not(item=AnyOf(items=(LARGE, predicate))))


def test_plain_values_need_no_types() -> None:
    assert not uses_typed(AllOf(items=(LARGE, compare(result("day"), "==", "x", STR))))
    assert not uses_typed(compare(RunDate(), "==", RunDate(), DATE))


def test_a_predicate_is_named_on_one_short_line() -> None:
    assert shown(AllOf(items=(LARGE, Not(item=SMALL)))) == "score > 3 and (not (score < 1))"
    assert len(shown(AllOf(items=(LARGE,) * 50))) == 80


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Constant(value="a\nb"), "'a\\nb'"),
        (ParameterRef(name="least"), "least"),
        (result("train", "auc"), "train.auc"),
        (ArtifactRef(stage="train", output="model"), "train.model"),
        (item("for_each", "name"), "x.name"),
        (item("for_each"), "x"),
        (first_of("a", "b"), "first_of(a, b)"),
        (collected(result("cell"), "inner", "outer"), "collect(collect(cell))"),
        (RunDate(), "run.date"),
        (RunTime(), "run.time"),
    ],
)
def test_values_read_as_their_author_wrote_them(value: Value, text: str) -> None:
    assert value_text(value) == text
