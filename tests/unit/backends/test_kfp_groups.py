"""Where stages go among KFP's groups, and what passes between them."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings

from portable_pipeline.backend import target_diagnostics
from portable_pipeline.capture import load
from portable_pipeline.diagnostics.catalog.kfp import KfpGroup, KfpLoopAsOne
from portable_pipeline.ir import Pipeline, ResultRef, Stage
from ppc_kfp import BACKEND, carried
from ppc_kfp.generate import generate
from ppc_kfp.layout import layout
from ppc_kfp.nodes import Ended, Node, Repeated
from ppc_kfp.passing import Passing, passing
from ppc_kfp.paths import Paths
from ppc_kfp.plan_passing import MARK
from tests.property.control_flow_pipelines import pipelines

HEAD = """
from portable_pipeline import collect, first_of, for_each, otherwise, pipeline, stage, when

@stage
def a(n: int) -> int:
    return n

@stage
def b(n: int, m: int = 0) -> int:
    return n

@stage
def text(n: int) -> str:
    return ""

@stage
def maybe(n: int) -> str | None:
    return None

@stage
def share(n: int) -> float:
    return 0.5

@stage
def take(values: list[int]) -> None: ...

@stage
def say(word: str | None) -> None: ...

@stage
def measure(value: float) -> None: ...

@pipeline
def tried(n: int = 1):
"""


def captured(tmp_path: Path, body: str) -> Pipeline:
    file = tmp_path / "tried.py"
    file.write_text(HEAD + "\n".join(f"    {line}" for line in body.strip().splitlines()), encoding="utf-8")
    found = load(str(file))
    assert found.diagnostics == (), found.diagnostics
    return found.pipeline


def laid_out(tmp_path: Path, body: str) -> tuple[list[Any], Passing]:
    paths = Paths(captured(tmp_path, body))
    nodes = layout(paths)
    return [outline(each) for each in nodes], passing(paths, nodes)


def outline(node: Node) -> Any:
    """`if` with what runs if the predicate holds, and if not; `for` with what is repeated."""
    if isinstance(node, str):
        return node
    if isinstance(node, Repeated):
        return ("for", [outline(each) for each in node.body])
    return (node.decider, [outline(each) for each in node.held], [outline(each) for each in node.otherwise])


def test_what_hangs_together_is_one_group(tmp_path: Path) -> None:
    body = """
with when(n == 1):
    first = a(n)
    b(first)
with otherwise():
    text(n)
"""
    assert laid_out(tmp_path, body)[0] == [("when", ["a", "b"], ["text"])]


def test_a_stage_that_needs_a_branch_moves_into_it(tmp_path: Path) -> None:
    body = """
with when(n == 1):
    first = a(n)
b(first)
"""
    found, passes = laid_out(tmp_path, body)
    assert found == [("when", ["a", "b"], [])]
    assert passes.marked == {}


def test_a_join_of_both_branches_needs_no_marks(tmp_path: Path) -> None:
    body = """
with when(n == 1):
    first = a(n)
with otherwise():
    second = b(n)
a(first_of(first, second))
"""
    found, passes = laid_out(tmp_path, body)
    assert found == [("when", ["a"], ["b"]), "a_2"]
    assert (passes.marked, passes.joined) == ({}, {})


def test_a_stage_that_needs_two_branches_asks_whether_both_are_there(tmp_path: Path) -> None:
    body = """
with when(n > 0):
    first = a(n)
with when(n > 1):
    second = share(n)
b(first).after(second)
measure(second)
"""
    found, passes = laid_out(tmp_path, body)
    # `measure` would wait for nothing else, but must not hold up or fail what is given.
    assert found == [
        ("when", ["a"], []),
        ("when_2", ["share"], []),
        ("when_2", ["measure"], []),
        ("b given", ["b"], []),
    ]
    assert {group: [*values] for group, values in passes.marked.items()} == {
        ((0, "held"),): [ResultRef(stage="a")],
        ((1, "held"),): [ResultRef(stage="share"), Ended("share")],
    }
    # A mark is a text: so are a float and the end of a stage that leave with one.
    assert [*passes.passed[(1, "held"),]] == [ResultRef(stage="share"), Ended("share")]


def test_only_chains_stay_with_what_leaves_a_branch(tmp_path: Path) -> None:
    body = """
with when(n == 1):
    first = a(n)
    second = a(first)
    b(second)
with otherwise():
    third = a(n)
a(first_of(second, third))
"""
    assert laid_out(tmp_path, body)[0] == [
        ("when", ["a", "a_2"], []),
        ("when", [], ["a_3"]),
        "a_4",
        ("when", ["b"], []),
    ]


def test_what_waits_for_more_is_a_group_of_its_own(tmp_path: Path) -> None:
    body = """
other = a(n)
with when(n == 1):
    first = a(n)
    b(first, other)
"""
    assert laid_out(tmp_path, body)[0] == ["a", ("when", ["a_2"], []), ("when", ["b"], [])]


def test_stages_of_a_loop_that_have_nothing_to_do_with_each_other_are_loops(tmp_path: Path) -> None:
    body = """
with for_each([1, 2]{most}) as item:
    first = a(item)
    b(item)
take(collect(first))
"""
    assert laid_out(tmp_path, body.format(most=""))[0] == [("for", ["a"]), ("for", ["b"]), "take"]
    # Two loops would run twice as many items at once.
    assert laid_out(tmp_path, body.format(most=", max_parallel=1"))[0] == [("for", ["a", "b"]), "take"]


def test_what_is_collected_of_a_condition_is_passed_on_in_the_loop(tmp_path: Path) -> None:
    body = """
with for_each([1, 2]) as item:
    with when(item > 1):
        first = a(item)
take(collect(first))
"""
    found, passes = laid_out(tmp_path, body)
    assert found == [("for", [("when", ["a"], [])]), "take"]
    loop = ((0, "body"),)
    assert {group: [*values] for group, values in passes.passed.items()} == {loop: [ResultRef(stage="a")]}
    assert [*passes.marked] == [(*loop, (0, "held"))]


@pytest.mark.parametrize(
    ("body", "stage", "other"),
    [
        ("one = a(n)\nwith for_each([1]) as item:\n    b(a(item), one)", "a_2", "a"),
        ("with for_each([1]) as item:\n    one = a(item)\n    b(one)\ntake(collect(one))", "take", "b"),
        (
            "with for_each([1]) as item:\n    one = a(item)\n    b(one)\n"
            "with for_each(collect(one)) as item:\n    measure(item)",
            "measure",
            "b",
        ),
        (
            "with for_each([1]) as item:\n    one = a(item)\n    two = b(one)\ntake(collect(two))\ntake(collect(one))",
            "take_2",
            "b",
        ),
    ],
    ids=["into", "out of", "out of, into a loop", "out of, the second"],
)
def test_what_a_loop_ties_together_is_warned_of(tmp_path: Path, body: str, stage: str, other: str) -> None:
    diagnostics = [*target_diagnostics(captured(tmp_path, body), BACKEND)]
    (found,) = [each for each in diagnostics if isinstance(each, KfpLoopAsOne)]
    assert (found.stage, found.other) == (stage, other)


@pytest.mark.parametrize(
    "after",
    [
        "take(collect(second))",
        "take(collect(second)).after(first)",
        "last = take(collect(first))\nlast.after(second)",
        "last = b(n)\nlast.after(second)\ntake(collect(first)).after(last)",
        "with for_each(collect(first)) as item:\n    measure(item).after(second)",
    ],
)
def test_a_loop_whose_stages_are_all_needed_is_not_warned_of(tmp_path: Path, after: str) -> None:
    body = f"""
one = a(n)
with for_each([1]) as item:
    first = b(item, one)
    second = b(first, one)
{after}
"""
    assert [*target_diagnostics(captured(tmp_path, body), BACKEND)] == []


def test_a_text_is_not_joined_with_json(tmp_path: Path) -> None:
    body = """
with when(n == 1):
    first = text(n)
with when(n == 2):
    second = maybe(n)
say(first_of(first, second))
"""
    (found,) = target_diagnostics(captured(tmp_path, body), BACKEND)
    assert isinstance(found, KfpGroup)
    assert found.subject == "maybe"


@pytest.mark.parametrize("value", [MARK, "\u2060", f"{MARK} ", "skipped", "\u2060\u2060skipped"])
def test_no_value_looks_like_the_mark(value: str) -> None:
    for declared in ("str", "any"):
        carried_value = carried.encode_result(value, declared, "result")
        assert carried_value != MARK
        assert carried.decode_value(carried_value, declared) == value


def test_a_record_gives_the_artifact_back() -> None:
    def kind(**given: Any) -> SimpleNamespace:
        return SimpleNamespace(**given)

    artifact = kind(name="out", uri='file:///a{{b}}/it\'s "c"', metadata={"kind": "file", "size": 1, "sha256": "0"})
    record = carried.artifact_record(artifact)
    assert "{{" not in record
    found = carried.received_artifacts(record, kind, "data")
    assert (found.name, found.uri, found.metadata) == ("data", artifact.uri, artifact.metadata)
    listed = carried.received_artifacts(json.dumps([[json.loads(record)], []]), kind, "data")
    assert listed[0][0].uri == artifact.uri
    assert listed[1] == []


@settings(max_examples=40)
@given(pipelines())
def test_any_pipeline_has_each_stage_once_and_names_nothing_before_it_is_there(drawn: Pipeline) -> None:
    # Stand-ins that need other branches than their primaries are refused.
    plain = drawn.model_copy(update={"stages": tuple(map(without_stand_in, drawn.stages))})
    text = next(each.text for each in generate(plain) if each.path.endswith("_pipeline.py"))
    function = [each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef)][-1]
    shown = Counter(re.findall(r"""set_display_name\(["'](\w+)["']\)""", text))
    assert {each.id: shown[each.id] for each in plain.stages} == dict.fromkeys((each.id for each in plain.stages), 1)
    assigned = {
        each.id for each in ast.walk(function) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    known: set[str] = set()
    for each in in_order(function.body):
        names = [each for each in ast.walk(each) if isinstance(each, ast.Name)]
        used = {each.id for each in names if isinstance(each.ctx, ast.Load)} & assigned
        assert used <= known, ast.unparse(each)
        known |= {each.id for each in names if isinstance(each.ctx, ast.Store)}


def without_stand_in(stage: Stage) -> Stage:
    return stage.model_copy(update={"fallback": None, "stands_in_for": None})


def in_order(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Statements, and what `with` statements have in their heads."""
    for each in body:
        if not isinstance(each, ast.With):
            yield each
            continue
        for item in each.items:
            yield item.context_expr
            if item.optional_vars is not None:
                yield item.optional_vars
        yield from in_order(each.body)
