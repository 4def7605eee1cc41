"""Loops in loops: which mapped group each task is in, and which tasks there are between the groups."""

from __future__ import annotations

from pathlib import Path

import pytest

from portable_pipeline.backend import backend
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.diagnostics import Refused
from portable_pipeline.ir import Pipeline
from ppc_airflow.building import nodes
from ppc_airflow.nodes import Nodes
from ppc_airflow.rules import Rule, rules
from tests.contract.subjects import captured

KEPT = Path(__file__).with_name("airflow_nested_dag.txt")

HEAD = """
from portable_pipeline import Dataset, Output, collect, for_each, otherwise, pipeline, stage, uri, when

@stage
def give(x: int) -> int:
    return x

@stage
def add(a: int, b: int) -> int:
    return a + b

@stage
def some(n: int) -> list[int]:
    return [n]

@stage
def total(of: list[int]) -> int:
    return sum(of)

@stage
def totals(of: list[list[int]]) -> int:
    return len(of)

@stage
def fit(region: str, seed: int, rows: int, out: Output[Dataset] = uri("{root}/fits/{item_key}.txt")) -> int:
    return seed

@pipeline
def case(root: str = "x", outer: list[int] = [1, 2], inner: list[int] = [3]):
"""


def given(folder: Path, body: str) -> Pipeline:
    file = folder / "case.py"
    file.write_text(HEAD + "".join(f"    {line}\n" for line in body.strip("\n").splitlines()), encoding="utf-8")
    return captured(file)


def groups(found: Nodes) -> dict[str, list[str]]:
    """The tasks of each mapped group, and under "" those in none."""
    members: dict[str, list[str]] = {}
    for node in found.by_id.values():
        members.setdefault(node.group or "", []).append(node.id)
    return {group: sorted(ids) for group, ids in members.items()}


SIMPLE = """
with for_each(outer) as x:
    a = give(x)
    with for_each(some(a)) as y:
        b = add(a, y)
    c = total(collect(b))
total(collect(c))
totals(collect(collect(b)))
"""


def test_an_inner_loop_is_a_group_and_what_comes_after_it_another(tmp_path: Path) -> None:
    found = nodes(given(tmp_path, SIMPLE))
    assert groups(found) == {
        "": ["for_each-items", "for_each_2-all", "total_2", "totals"],
        "for_each": ["for_each_2-items", "give", "some"],
        "for_each_2": ["add", "give-in-for_each_2"],
        "for_each-part2": ["add-collected", "total"],
    }
    assert {group: loop.id for group, loop in found.groups.items()} == {
        "for_each": "for_each",
        "for_each_2": "for_each_2",
        "for_each-part2": "for_each",
    }


def test_each_comes_after_what_it_stands_for(tmp_path: Path) -> None:
    found = nodes(given(tmp_path, SIMPLE)).by_id
    upstream = {id: node.upstream for id, node in found.items()}
    assert upstream["for_each_2-all"] == ("for_each-items", "for_each_2-items")
    assert upstream["give-in-for_each_2"] == ("give",)
    assert upstream["add"] == ("give-in-for_each_2",)
    assert upstream["add-collected"] == ("add", "for_each_2-all")
    assert upstream["total"] == ("add-collected",)
    assert upstream["totals"] == ("for_each-items", "add-collected")
    assert list(found).index("for_each_2-all") < list(found).index("add")


def test_between_groups_a_task_comes_after_all_and_looks(tmp_path: Path) -> None:
    found = rules(nodes(given(tmp_path, SIMPLE)))
    looking = {id for id, rule in found.items() if rule.trigger == "ALL_DONE"}
    assert looking == {"for_each_2-all", "give-in-for_each_2", "add-collected"}
    assert found["add"] == found["total"] == Rule()


def test_a_loop_that_takes_nothing_of_the_outer_body_has_an_entry(tmp_path: Path) -> None:
    found = nodes(given(tmp_path, "with for_each(outer) as x:\n    with for_each(inner) as y:\n        add(x, y)"))
    assert groups(found)["for_each_2"] == ["add", "for_each_2-entry"]
    assert found.by_id["add"].upstream == ("for_each_2-entry",)


@pytest.mark.parametrize(
    ("after", "has_end"),
    [("", True), ("    give(a)\n", False), ("give(1).after(a)\n", False), ("    give(x).after(b)\n", False)],
)
def test_what_only_inner_loops_take_fails_the_run_also_when_these_are_empty(
    tmp_path: Path, after: str, has_end: bool
) -> None:
    body = "with for_each(outer) as x:\n    a = give(x)\n    with for_each(inner) as y:\n        b = add(a, y)\n"
    found = nodes(given(tmp_path, body + after))
    assert ("give-end" in found.by_id) is has_end


def test_loops_without_loops_in_them_are_one_group(tmp_path: Path) -> None:
    body = """
with for_each(outer) as x:
    a = give(x)
    with when(a > 1):
        b = give(a)
n = total(collect(b))
with for_each(outer) as z:
    add(z, n)
"""
    found = nodes(given(tmp_path, body))
    assert {group for group in groups(found) if group} == {"for_each", "for_each_2"}
    assert not any(node.copies for node in found.by_id.values())


def test_an_inner_loop_over_what_another_one_gave(tmp_path: Path) -> None:
    body = """
with for_each(outer) as x:
    with for_each(inner) as y:
        a = add(x, y)
    s = total(collect(a))
    with for_each(collect(a)) as z:
        b = add(z, s)
    add(total(collect(b)), s)
"""
    found = nodes(given(tmp_path, body))
    assert groups(found) == {
        "": ["for_each-items", "for_each_2-all", "for_each_3-all"],
        "for_each": ["for_each_2-items"],
        "for_each_2": ["add", "for_each_2-entry"],
        "for_each-part2": ["add-collected", "for_each_3-items", "total"],
        "for_each_3": ["add_2", "total-in-for_each_3"],
        "for_each-part3": ["add_2-collected", "add_3", "total-in-for_each-part3", "total_2"],
    }
    assert found.by_id["add_3"].copies == {"total": "total-in-for_each-part3"}


def codes(pipeline: Pipeline) -> list[str]:
    try:
        compile_pipeline(pipeline, backend("airflow"))
    except Refused as refused:
        return [each.code for each in refused.diagnostics]
    return []


BOUNDED = """
with for_each(outer{outer}) as x:
    with for_each(inner{inner}) as y:
        a = add(x, y)
        {between}
    total(collect(a))
"""
#: A stage of the second loop takes what the first one gives after it.
LATE = """
with for_each(outer) as x:
    with for_each(inner) as y:
        a = give(y)
    s = total(collect(a))
    with for_each(inner, max_parallel=2) as z:
        b = give(z)
        add(b, s)
"""
#: Of the stages after the first and the second loop, the one needs a stage of the third, and this needs the other.
WOVEN = """
with for_each(outer) as x:
    with for_each(inner, max_parallel=2) as y:
        a = give(y)
        b = give(y)
    with for_each(inner) as z:
        c = give(z)
    after_a = total(collect(a))
    after_c = total(collect(c))
    b.after(after_c)
    add(after_a, after_c)
"""


def test_a_loop_in_a_loop_is_one_group(tmp_path: Path) -> None:
    assert groups(nodes(given(tmp_path, LATE)))["for_each_3"] == [
        "add",
        "for_each_3-entry",
        "for_each_3-turn",
        "give_2",
        "total-in-for_each_3",
    ]
    woven = {group: {*tasks} for group, tasks in groups(nodes(given(tmp_path, WOVEN))).items()}
    assert {group for group in woven if group} == {
        "for_each",
        "for_each-part2",
        "for_each-part3",
        "for_each_2",
        "for_each_3",
    }
    # The first loop is decided when what its second stage needs is: with that, and so after it, stands what takes it.
    assert {"give", "give_2", "for_each_2-turn"} < woven["for_each_2"]
    assert "total_2" in woven["for_each-part2"]
    assert {"total", "add"} < woven["for_each-part3"]


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (BOUNDED.format(outer="", inner=", max_parallel=2", between=""), []),
        (BOUNDED.format(outer="", inner=", max_parallel=2", between="give(a)"), []),
        (BOUNDED.format(outer=", max_parallel=2", inner="", between=""), ["PPC401"]),
        (LATE, []),
        (WOVEN, []),
    ],
)
def test_a_bound_on_a_loop_that_holds_another_is_refused(tmp_path: Path, body: str, refused: list[str]) -> None:
    assert codes(given(tmp_path, body)) == refused


GOLDEN = """
with for_each(["north", "south"]) as region:
    rows = give(3)
    with for_each(some(rows)) as seed:
        fitted = fit(region, seed, rows)
        with when(fitted > 2):
            good = add(fitted, rows)
    best = total(collect(good))
    with when(best > 5):
        told = give(best)
total(collect(told))
totals(collect(collect(good)))
"""


def test_the_file(tmp_path: Path, update_golden: bool) -> None:
    files = compile_pipeline(given(tmp_path, GOLDEN), backend("airflow"))
    text = next(each.text for each in files if each.path == "case_dag.py")
    if update_golden:
        KEPT.write_text(text, encoding="utf-8")
    assert text == KEPT.read_text(encoding="utf-8")
