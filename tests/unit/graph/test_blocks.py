"""Conditions, loops, joins and fallbacks in drawings: a reader sees what can run when."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET

import pytest

from portable_pipeline.graph import draw
from portable_pipeline.graph.edges import FAILURE, Edge, edges
from portable_pipeline.graph.words import loop_words, predicate_lines, predicate_words
from portable_pipeline.ir import (
    AllOf,
    AnyOf,
    Branch,
    Collected,
    Compare,
    Constant,
    FirstOf,
    Group,
    Hook,
    ItemRef,
    Items,
    Loop,
    Not,
    Operand,
    ParameterRef,
    Pipeline,
    PythonBody,
    ResultRef,
    Stage,
    ValueInput,
)
from portable_pipeline.ir.types import BOOL, INT, ListOf
from tests.unit.graph.pipelines import stage

SVG = "{http://www.w3.org/2000/svg}"
MANY = Compare(
    left=Operand(value=ResultRef(stage="load", field="rows"), type=INT),
    operator=">",
    right=Operand(value=ParameterRef(name="limit"), type=INT),
)
CHECK = Compare(
    left=Operand(value=ParameterRef(name="check"), type=BOOL),
    operator="==",
    right=Operand(value=Constant(value=True), type=BOOL),
)


def takes(name: str, value: ResultRef | FirstOf | Collected | ItemRef, block: str | None = None) -> Stage:
    given = ValueInput(name="given", type=INT, value=value)
    return stage(name).model_copy(update={"inputs": (given,), "block": block})


def branching() -> Pipeline:
    """Load, then one of two that meet again."""
    return Pipeline(
        name="branching",
        source="pipeline.py",
        blocks=(
            Branch(id="when", predicate=MANY),
            Branch(id="otherwise", predicate=MANY, otherwise_of="when"),
            Group(id="small", parent="otherwise", name="small ones"),
        ),
        stages=(
            stage("load"),
            takes("many", ResultRef(stage="load"), "when"),
            takes("more", ResultRef(stage="many"), "when"),
            stage("few").model_copy(update={"block": "small"}),
            takes("show", FirstOf(options=(ResultRef(stage="more"), ResultRef(stage="few")))),
        ),
    )


def looping() -> Pipeline:
    """A loop in a loop, with a stand-in, and what is collected."""
    names = Items(name="item", value=ResultRef(stage="load"), type=INT)
    fixed = Items(name="item", value=Constant(value=[1, 2]), type=INT)
    return Pipeline(
        name="looping",
        source="pipeline.py",
        blocks=(
            Loop(id="outer", items=(names,), max_parallel=2),
            Loop(id="inner", parent="outer", items=(fixed,)),
        ),
        stages=(
            stage("load"),
            takes("train", ItemRef(loop="outer", name="item"), "inner").model_copy(update={"fallback": "previous"}),
            stage("previous").model_copy(update={"block": "inner", "stands_in_for": "train"}),
            takes("pick", Collected(loop="inner", of=ResultRef(stage="train")), "outer"),
            takes("show", Collected(loop="outer", of=ResultRef(stage="pick"))),
        ),
    )


def test_a_decision_leads_to_what_begins_with_it() -> None:
    found = set(edges(branching()))
    assert Edge("load", "when", ("rows",)) in found
    assert {(each.target, each.carries) for each in found if each.source == "when"} == {
        ("many", ("yes",)),
        ("few", ("no",)),
    }
    assert {(each.source, each.carries) for each in found if each.target == "show"} == {
        ("more", ("either result",)),
        ("few", ("either result",)),
    }


def test_a_decision_in_a_branch_is_reached_from_the_outer_one() -> None:
    inner = Branch(id="when_2", parent="when", predicate=CHECK)
    nested = Pipeline(
        name="nested",
        source="pipeline.py",
        blocks=(Branch(id="when", predicate=MANY), inner),
        stages=(stage("load"), stage("show").model_copy(update={"block": "when_2"})),
    )
    assert set(edges(nested)) == {
        Edge("load", "when", ("rows",)), Edge("when", "when_2", ("yes",)), Edge("when_2", "show", ("yes",)),
    }  # fmt: skip


def test_a_stand_in_is_reached_by_failure_and_feeds_the_same_consumers() -> None:
    found = set(edges(looping()))
    assert Edge("load", "train", ("each item",)) in found
    assert Edge("train", "pick", ("all results",)) in found
    assert Edge("train", "previous", (FAILURE,), fallback=True) in found
    assert Edge("previous", "pick", ("all results",), fallback=True) in found
    assert all(each.dashed for each in found if each.fallback)


@pytest.mark.parametrize(
    ("predicate", "words"),
    [
        (MANY, "load.rows > limit"),
        (CHECK, "check"),
        (Not(item=CHECK), "not check"),
        (AllOf(items=(CHECK, AnyOf(items=(MANY, Not(item=CHECK))))), "check and (load.rows > limit or not check)"),
    ],
)
def test_predicates_in_words(predicate: Compare | Not | AllOf | AnyOf, words: str) -> None:
    assert predicate_words(predicate) == words


def test_long_predicates_stand_in_lines() -> None:
    assert predicate_lines(AnyOf(items=(MANY, MANY))) == ("load.rows > limit", "or load.rows > limit")
    assert predicate_lines(AnyOf(items=(MANY,) * 99))[3:] == ("…",)


def test_lists_of_records_in_words() -> None:
    models = Items(name="model", value=Constant(value=[{"name": "slow"}, {"name": "hasty"}]), type=INT)
    assert loop_words(Loop(id="loop", items=(models,), key="name")) == "for each of slow, hasty"
    assert loop_words(Loop(id="loop", items=(models,))) == "for each of 2 items"


def test_hooks_are_named() -> None:
    hook = Hook(body=PythonBody(module="pipeline", function="tell"))
    told = looping().model_copy(update={"on_exit": hook, "on_failure": hook})
    stages = (told.stages[0].model_copy(update={"on_failure": hook}), *told.stages[1:])
    for drawing in ("mermaid", "dot", "svg"):
        text = draw(told.model_copy(update={"stages": stages}), drawing)
        assert "on exit: tell, on failure: tell" in text
        assert text.count("on failure: tell") == 2
        assert "on exit" not in draw(looping(), drawing)


def test_loops_in_words() -> None:
    lists = (
        Items(name="a", value=ResultRef(stage="load", field="names"), type=INT),
        Items(name="b", value=Constant(value=[1, 2]), type=ListOf(item=INT)),
    )
    assert loop_words(Loop(id="loop", items=lists, max_parallel=3)) == "for each of load.names with [1, 2], 3 at once"


def test_mermaid_has_diamonds_and_subgraphs() -> None:
    lines = draw(branching(), "mermaid").splitlines()
    assert '    d1{"load.rows #62; limit"}' in lines
    start = lines.index('    subgraph block_small ["small ones"]')
    assert lines[start + 1 : start + 3] == ['        s4["few"]', "    end"]
    assert '    d1 -->|"no"| s4' in lines
    assert '    s2 -.->|"if it fails"| s3' in draw(looping(), "mermaid").splitlines()


def test_dot_has_diamonds_and_clusters() -> None:
    text = draw(looping(), "dot")
    assert text.count("{") == text.count("}") == 3
    inner = text.index('subgraph "cluster_inner"')
    assert text.index('subgraph "cluster_outer"') < text.index('"pick" [') < inner < text.index('"train" [')
    assert '"when" [label="load.rows > limit", shape=diamond, style=solid];' in draw(branching(), "dot")


def boxes(root: ET.Element) -> dict[str, tuple[float, float, float, float]]:
    """Left, top, right and bottom of each stage."""
    found = {}
    for each in root.iter(f"{SVG}g"):
        (rect,) = each.findall(f"{SVG}rect")
        name = next(text.text for text in each.findall(f"{SVG}text") if text.get("class") == "name")
        found[str(name)] = corners(rect)
    return found


def corners(rect: ET.Element) -> tuple[float, float, float, float]:
    x, y, width, height = (float(rect.get(name) or 0) for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def test_frames_hold_their_stages_and_no_others() -> None:
    root = ET.fromstring(draw(looping(), "svg"))
    outer, inner = (corners(each) for each in root.iter(f"{SVG}rect") if "frame" in (each.get("class") or ""))

    def inside(box: tuple[float, ...], frame: tuple[float, ...]) -> bool:
        return box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]

    def apart(box: tuple[float, ...], frame: tuple[float, ...]) -> bool:
        return box[2] <= frame[0] or box[0] >= frame[2] or box[3] <= frame[1] or box[1] >= frame[3]

    assert inside(inner, outer)
    stages = boxes(root)
    assert {name for name, box in stages.items() if inside(box, inner)} == {"train", "previous"}
    assert {name for name, box in stages.items() if inside(box, outer)} == {"train", "previous", "pick"}
    assert {name for name, box in stages.items() if apart(box, outer)} == {"load", "show"}


@pytest.mark.parametrize("drawn", [branching(), looping()], ids=lambda each: each.name)
def test_every_arrow_goes_down_from_box_to_box(drawn: Pipeline) -> None:
    root = ET.fromstring(draw(drawn, "svg"))
    arrows = [each for each in root.iter(f"{SVG}path") if "edge" in (each.get("class") or "")]
    assert len(arrows) == len(edges(drawn))
    stages = boxes(root)
    for arrow in arrows:
        points = [tuple(map(float, each.split())) for each in re.findall(r"-?[\d.]+ -?[\d.]+", arrow.get("d") or "")]
        knots = [points[0], *points[3::3]]
        assert all(upper[1] <= lower[1] + 0.1 for upper, lower in itertools.pairwise(knots))
        source, target = str(arrow.findtext(f"{SVG}title")).split(":")[0].split(" → ")
        if source in stages:
            assert knots[0][1] == pytest.approx(stages[source][3], abs=0.2)
        if target in stages:
            assert knots[-1][1] == pytest.approx(stages[target][1], abs=0.2)


def test_groups_that_get_into_each_others_way_are_drawn_without_frames() -> None:
    blocks = (Group(id="one", name="one"), Group(id="two", name="two"))
    chain = ("one", "two", "one")
    stages = tuple(
        stage(name, [before] if before else ()).model_copy(update={"block": block})
        for name, before, block in zip("abc", ("", "a", "b"), chain, strict=True)
    )
    root = ET.fromstring(draw(Pipeline(name="knot", source="pipeline.py", blocks=blocks, stages=stages), "svg"))
    assert set(boxes(root)) == {"a", "b", "c"}
    assert not [each for each in root.iter(f"{SVG}rect") if "frame" in (each.get("class") or "")]
