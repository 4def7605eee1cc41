from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from portable_pipeline.graph.layout import Layout, lay_out

GAP = (20.0, 30.0)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, tuple[float, float]], list[tuple[str, str]]]:
    count = draw(st.integers(0, 14))
    names = [f"n{index}" for index in range(count)]
    sizes = {name: (draw(st.sampled_from([60.0, 100.0, 180.0])), draw(st.sampled_from([30.0, 50.0]))) for name in names}
    pairs = list(combinations(names, 2))
    return sizes, draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []


@settings(max_examples=150)
@given(graphs())
def test_nothing_overlaps_and_every_arrow_points_down(
    graph: tuple[dict[str, tuple[float, float]], list[tuple[str, str]]],
) -> None:
    sizes, edges = graph
    layout = lay_out(sizes, edges, GAP)
    for a, b in combinations(sizes, 2):
        (ax, ay), (bx, by) = layout.centers[a], layout.centers[b]
        apart = abs(ax - bx) - (sizes[a][0] + sizes[b][0]) / 2, abs(ay - by) - (sizes[a][1] + sizes[b][1]) / 2
        assert max(apart) > -1e-6, (a, b)
    for name, (x, y) in layout.centers.items():
        assert sizes[name][0] / 2 - 1e-6 <= x <= layout.width - sizes[name][0] / 2 + 1e-6
        assert sizes[name][1] / 2 - 1e-6 <= y <= layout.height - sizes[name][1] / 2 + 1e-6
    for edge in edges:
        down = [y for _, y in (layout.centers[edge[0]], *layout.bends[edge], layout.centers[edge[1]])]
        assert all(upper < lower for upper, lower in pairwise(down))


def test_a_chain_is_straight() -> None:
    layout = boxes("abc", [("a", "b"), ("b", "c")])
    assert {x for x, _ in layout.centers.values()} == {50.0}


def test_edges_that_need_not_cross_do_not() -> None:
    layout = boxes("abxy", [("a", "y"), ("b", "x")])
    assert (layout.centers["a"][0] < layout.centers["b"][0]) == (layout.centers["y"][0] < layout.centers["x"][0])


def test_a_source_stands_just_above_its_first_consumer() -> None:
    layout = boxes("abcz", [("a", "b"), ("b", "c"), ("z", "c")])
    assert layout.centers["z"][1] == layout.centers["b"][1]


def test_a_long_edge_passes_beside_the_boxes_between() -> None:
    layout = boxes("abc", [("a", "b"), ("b", "c"), ("a", "c")])
    ((x, y),) = layout.bends["a", "c"]
    assert y == layout.centers["b"][1]
    assert abs(x - layout.centers["b"][0]) >= 50


def boxes(names: str, edges: list[tuple[str, str]]) -> Layout:
    return lay_out(dict.fromkeys(names, (100.0, 40.0)), edges, GAP)
