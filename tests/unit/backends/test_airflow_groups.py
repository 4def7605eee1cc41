"""Groups as Airflow shows them: which of them, and what is written in which."""

from __future__ import annotations

from typing import Any

import pytest

from portable_pipeline.ir import Block, Constant, Group, ParameterRef, Stage
from ppc_airflow.lower import lower
from ppc_airflow.plan import Call, MappedGroup, ShownGroup
from tests.unit.runner.pipelines import collected, item, loop, pipeline, result, stage, when


def group(id: str, parent: str | None = None) -> Group:
    return Group(id=id, parent=parent, name=f"the {id}")


IF = when("when", ParameterRef(name="n"), "==", Constant(value=1), parent="g")


def outline(calls: tuple[Call | MappedGroup | ShownGroup, ...]) -> list[Any]:
    """The functions that are called; those of loops in tuples, those in groups in lists behind the name."""
    found: list[Any] = []
    for each in calls:
        if isinstance(each, ShownGroup):
            assert each.title == f"the {each.name}"
            found += [each.name, outline(each.calls)]
        elif isinstance(each, MappedGroup):
            found.append(tuple(str(call.function) for call in each.calls))
        else:
            found.append(str(each.function))
    return found


def after(id: str, *others: str, block: str | None = None) -> Stage:
    return stage(id, takes={f"x{index}": result(each) for index, each in enumerate(others)}, block=block)


@pytest.mark.parametrize(
    ("stages", "blocks", "expected"),
    [
        ([after("a"), after("b", "a", block="g"), after("c", "b")], [group("g")], ["a", "g", ["b"], "c"]),
        (
            [after("a", block="g"), after("b", "a", block="h"), after("c", "b", block="g")],
            [group("g"), group("h", "g")],
            ["g", ["a", "h", ["b"], "c"]],
        ),
        # What has to run in between is in none, or in another group.
        (
            [after("a", block="g"), after("b", "a"), after("c", "b", block="g")],
            [group("g")],
            ["a", "b", "c"],
        ),
        (
            [after("a", block="g"), after("b", block="h"), after("c", "b", block="g"), after("d", "a", block="h")],
            [group("g"), group("h")],
            ["a", "b", "c", "d"],
        ),
        # What is in a group that is not shown, or beside it, still is.
        (
            [
                after("a", block="inner"),
                after("b", "a"),
                after("c", "b", block="g"),
                after("d", "c", block="other"),
                after("e", "a", block="inner"),
            ],
            [group("g"), group("inner", "g"), group("other")],
            ["inner", ["a", "e"], "b", "c", "other", ["d"]],
        ),
        ([after("a", block="g"), after("b", block="when")], [group("g"), IF], ["g", ["when_gate", "a", "b"]]),
    ],
    ids=["one", "nested", "none in between", "crossed", "a group in one that is not shown", "a branch"],
)
def test_groups(stages: list[Stage], blocks: list[Block], expected: list[Any]) -> None:
    assert outline(lower(pipeline("", *stages, blocks=tuple(blocks))).calls) == expected


def test_loops_stand_in_groups_and_groups_in_loops_are_not_shown() -> None:
    blocks = (
        group("g"),
        loop("outer", parent="g", x=[1, 2]),
        group("h", "outer"),
        loop("inner", parent="outer", x=[3]),
    )
    stages = (
        stage("a", takes={"x": item("outer")}, block="h"),
        stage("b", takes={"x": item("inner")}, block="inner"),
        stage("c", takes={"x": collected("outer", collected("inner", result("b")))}),
    )
    found = outline(lower(pipeline("", *stages, blocks=blocks)).calls)
    assert found[0] == "g"
    assert found[2:] == ["c"]
    assert {name for each in found[1] for name in (each if isinstance(each, tuple) else [each])} == {
        "a",
        "b",
        "b_collected",
        "inner_all",
        "inner_entry",
        "inner_items",
        "outer_items",
    }
