"""Cycles: each knot is told once, with a shortest way around it; large graphs are no matter."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.ir import Pipeline, ResultRef
from portable_pipeline.ir.graph import find_cycle
from portable_pipeline.ir.types import INT
from tests.unit.validate.pipelines import a_pipeline, a_stage, found, takes


def graph(edges: Mapping[str, Sequence[str]]) -> Pipeline:
    return a_pipeline(*[a_stage(name, after=tuple(needs)) for name, needs in edges.items()])


def paths(pipeline: Pipeline) -> list[str]:
    return [_path(each) for each in found(pipeline, "PPC104")]


def _path(each: Diagnostic) -> str:
    return each.message.removeprefix("stages form a cycle: ")


def test_through_data_and_after() -> None:
    needs = takes("rows", INT, ResultRef(stage="train"))
    pipeline = a_pipeline(
        a_stage("clean", after=("report",)), a_stage("train", after=("clean",)), a_stage("report", inputs=(needs,))
    )
    assert paths(pipeline) == ["clean -> train -> report -> clean"]


def test_shortest_way_around() -> None:
    assert paths(graph({"a": ["b"], "b": ["c"], "c": ["d", "a"], "d": ["a"]})) == ["a -> c -> b -> a"]


def test_needs_itself() -> None:
    assert paths(graph({"a": ["a"], "b": ["a"]})) == ["a -> a"]


def test_one_for_each_knot() -> None:
    assert paths(graph({"a": ["b"], "b": ["a"], "c": ["b", "d"], "d": ["c"], "e": ["d"]})) == [
        "a -> b -> a",
        "c -> d -> c",
    ]


def test_unknown_stages_are_no_edges() -> None:
    assert paths(graph({"a": ["nowhere"], "b": ["a"]})) == []


@pytest.mark.parametrize("closed", [False, True])
def test_long_chains(closed: bool) -> None:
    edges = {f"s{number}": [f"s{number - 1}"] for number in range(1, 5000)}
    assert len(paths(graph({"s0": ["s4999"] if closed else [], **edges}))) == closed


NAMES = [f"s{number}" for number in range(6)]


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=3)))
def test_every_graph(edges: dict[str, list[str]]) -> None:
    pipeline = graph(edges)
    shown = paths(pipeline)
    assert bool(shown) == bool(find_cycle(pipeline))
    for path in shown:
        way = path.split(" -> ")
        assert way[0] == way[-1]
        assert all(earlier in edges[later] for earlier, later in pairwise(way))
