"""Whether two addresses can be one: what must be refused, what must not, and that nothing slips through."""

import posixpath
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portable_pipeline.ir import Choice, Type
from portable_pipeline.ir.types import DATE, INT, STR
from tests.unit.validate.pipelines import a_parameter, a_pipeline, a_stage, found, writes

TYPES: dict[str, Type] = {
    "root": STR,
    "other": STR,
    "x": STR,
    "y": STR,
    "number": INT,
    "day": DATE,
    "color": Choice(values=("red", "blue")),
}


def clashes(*templates: str, kind: str = "Dataset") -> list[str]:
    """What is said about stages `s0`, `s1`, ... that write to these addresses."""
    parameters = [a_parameter(name, type) for name, type in TYPES.items()]
    stages = [a_stage(f"s{number}", outputs=(writes(each, kind=kind),)) for number, each in enumerate(templates)]
    return [each.message for each in found(a_pipeline(*stages, parameters=parameters), "PPC201")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{root}/a", "{root}/b"),
        ("{root}/a", "{root}/ab"),
        ("{root}/{run_date}/a", "{root}/{run_date}/b"),
        ("{root}/{run_date}/a/data.csv", "{root}/{run_date}/b/data.csv"),
        ("{root}/{run_date}/a.csv", "{other}/{run_date}/b.csv"),
        ("{root}/{x}/a.csv", "{other}/{y}/b.csv"),
        ("{root}/{x}/{y}.csv", "{root}/{x}/{y}.json"),
        ("{root}/{x}.csv", "{root}/report.json"),
        ("{root}/{x}/data.csv", "{root}/p/{run_date}/write/out"),
        ("{root}/a_{x}", "{root}/b_{x}"),
        ("{root}/a/{x}.csv", "{other}/b/{x}.csv"),
        ("{root}/{run_date}", "{root}/latest"),
        ("{root}/{day}", "{root}/{number}"),
        ("{root}/{number}", "{root}/latest"),
        ("{root}/{color}/a", "{root}/green/a"),
        ("data/a", "/data/b"),
        ("{run_date}/a", "{day}/b"),
        ("file:///data/a", "/data/b"),
        ("s3://bucket/a", "s3://bucket/b"),
        ("{root}/a b", "{root}/a  b"),
    ],
)
def test_apart(one: str, other: str) -> None:
    assert clashes(one, other) == []
    assert clashes(other, one) == []


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("{root}/a", "{root}/a", "have the same address"),
        ("{root}/a", "{root}//./a/", "have the same address"),
        ("data/a", "./data/a", "have the same address"),
        ("file:///data/a", "/data/a", "have the same address"),
        ("file://localhost/data/a", "/data/a", "have the same address"),
        ("{root}/{x}/t.csv", "{root}/north/t.csv", "can have the same address"),
        ("{root}/{x}/t.csv", "{root}/{y}/t.csv", "can have the same address"),
        ("{root}/t.csv", "{other}/t.csv", "can have the same address"),
        ("{root}/t.csv", "/data/t.csv", "can have the same address"),
        ("data/a", "/srv/data/a", "can have the same address"),
        ("{root}/{run_date}", "{root}/2026-01-05", "can have the same address"),
        ("{root}/{run_date}", "{root}/{day}", "can have the same address"),
        ("{root}/{number}", "{root}/12", "can have the same address"),
        ("{root}/{color}", "{root}/red", "can have the same address"),
        ("{root}/{x}{y}", "{root}/ab", "can have the same address"),
        # An empty value leaves two slashes, which are one.
        ("{root}/{x}/a", "{root}/a", "can have the same address"),
        # A value may bring its own slash.
        ("{root}/a", "{root}a", "can have the same address"),
        ("{root}/.{x}", "{root}/b", "can have the same address"),
        ("{root}/a", "{root}/a/b", "lies inside"),
        ("{root}", "{root}/a", "lies inside"),
    ],
)
def test_not_proven_apart(one: str, other: str, how: str) -> None:
    for pair in ((one, other), (other, one)):
        (message,) = clashes(*pair)
        assert f" {how}" in message.replace(" and ", " ") or f"` {how} `" in message


@pytest.mark.parametrize(
    ("directory", "inside"),
    [
        ("{root}/{x}/{run_date}/a", "{root}/b/{run_date}/a/c"),
        ("{root}/models", "{root}/{x}/data.csv"),
        ("{root}/{run_date}", "{root}/2026-01-05/a"),
        ("{root}/a", "{other}/a/b"),
        ("/data/a", "{root}/a/b"),
    ],
)
def test_inside_a_directory(directory: str, inside: str) -> None:
    """A file has nothing inside: making a path through it fails, and nothing is lost."""
    assert clashes(directory, inside, kind="Directory") == ["`s1.out` can lie inside `s0.out`"]
    assert clashes(inside, directory, kind="Directory") == ["`s0.out` can lie inside `s1.out`"]
    assert clashes(directory, inside) == []


@pytest.mark.parametrize(
    ("directory", "other"),
    [
        ("{root}/{x}/data", "{root}/p/{run_date}/write/out"),
        ("{root}/{run_date}/a", "{other}/{run_date}/b"),
        ("{root}/models", "{root}/{x}.csv"),
        ("{root}/{run_date}/features", "{root}/{run_date}/model/model.bin"),
    ],
)
def test_not_inside_a_directory(directory: str, other: str) -> None:
    assert clashes(directory, other, kind="Directory") == []


def test_each_output_is_told_once() -> None:
    assert clashes(*["{root}/a"] * 4) == [f"`s{number}.out` and `s0.out` have the same address" for number in (1, 2, 3)]


def test_two_outputs_of_one_stage() -> None:
    stage = a_stage(outputs=(writes("/data/a", "one"), writes("/data/a", "two")))
    (clash,) = found(a_pipeline(stage), "PPC201")
    assert clash.message == "`work.two` and `work.one` have the same address"


# Whatever the parameters are: if two paths are one, the compiler must have said so. Of few characters they often are.
PIECES = st.sampled_from(["a", "b", ".", "/", "{x}", "{y}", "{color}", "{number}", "/a", "ab"])
TEMPLATES = st.lists(PIECES, min_size=1, max_size=6).map(lambda pieces: "{root}/" + "".join(pieces))
TEXTS = st.text("ab/.", max_size=4)


@settings(max_examples=400)
@given(TEMPLATES, TEMPLATES, st.lists(TEXTS, min_size=12, max_size=12))
def test_nothing_slips_through(one: str, other: str, texts: Sequence[str]) -> None:
    if any(climbs(each) for each in (one, other)) or clashes(one, other):
        return
    for x in texts:
        for y in texts[:4]:
            for color, number in (("red", 1), ("blue", -2)):
                values = {"root": "/r", "x": x, "y": y, "color": color, "number": number}
                paths = [each.format(**values) for each in (one, other)]
                if not any(climbs(path) for path in paths):
                    assert posixpath.normpath(paths[0]) != posixpath.normpath(paths[1]), (one, other, values)


def climbs(path: str) -> bool:
    return ".." in path.split("/")
