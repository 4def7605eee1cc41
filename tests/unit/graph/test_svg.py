import xml.etree.ElementTree as ET

from portable_pipeline.graph import draw
from tests.unit.graph.pipelines import pipeline, stage

SVG = "{http://www.w3.org/2000/svg}"


def test_everything_is_drawn_once() -> None:
    drawn = pipeline(stage("a"), stage("b", ["a.@table"]), stage("c", ["b"], after=["a"], command=True))
    root = ET.fromstring(draw(drawn, "svg"))
    names = [each.text for each in root.iter(f"{SVG}text") if each.get("class") == "name"]
    arrows = [each for each in root.iter(f"{SVG}path") if "edge" in (each.get("class") or "")]
    assert names == ["a", "b", "c"]
    assert [each.get("class") for each in arrows] == ["edge", "edge", "edge order"]
    assert [each.text for each in root.iter(f"{SVG}text") if each.get("class") == "carries"] == ["table", "result"]
    assert [each.get("class") for each in root.iter(f"{SVG}rect")][1:] == ["stage", "stage", "stage command"]


def test_names_are_text_and_never_markup() -> None:
    root = ET.fromstring(draw(pipeline(stage("<script>&"), name='a "b" <c>'), "svg"))
    assert [each.text for each in root.iter(f"{SVG}text")] == ['a "b" <c>', "<script>&"]


def test_boxes_are_inside_the_drawing_and_as_wide_as_their_text() -> None:
    long = "a_stage_with_a_name_that_is_really_quite_long"
    root = ET.fromstring(draw(pipeline(stage(long), stage("b", [long]), name="x" * 80), "svg"))
    width = float(root.get("width") or 0)
    boxes = [each for each in root.iter(f"{SVG}rect") if each.get("x")]
    assert all(0 <= float(box.get("x")) <= width - float(box.get("width")) for box in boxes)
    assert float(boxes[0].get("width")) > 7 * len(long)


def test_a_pipeline_without_stages_is_a_drawing_too() -> None:
    assert ET.fromstring(draw(pipeline(name="empty"), "svg")).find(f"{SVG}title").text == "empty"


def test_drawing_is_deterministic() -> None:
    stages = [stage("a"), *(stage(f"b{index}", ["a"]) for index in range(9))]
    assert draw(pipeline(*stages), "svg") == draw(pipeline(*stages), "svg")
