"""PPC160: loops that need each other."""

from __future__ import annotations

import pytest

from portable_pipeline.ir import Block, Constant, Stage
from portable_pipeline.validate import validate
from portable_pipeline.validate.entangled import entangled_loops
from tests.unit.runner.pipelines import collected, item, loop, pipeline, result, stage, when

Y, Z = loop("y", x=[1]), loop("z", x=[1])
A = stage("a", takes={"x": item("y")}, block="y")
C = stage("c", takes={"x": item("z")}, block="z")


@pytest.mark.parametrize(
    ("stages", "blocks", "paths"),
    [
        ([A, stage("b", after=("c",), block="y"), C], [Y, Z], []),
        (
            [A, stage("b", after=("c",), block="y"), C, stage("d", after=("a",), block="z")],
            [Y, Z],
            ["`b` needs `c`, `d` needs `a`"],
        ),
        # By stages in between, and by what decides about a block.
        (
            [
                A,
                stage("b", after=("c",), block="y"),
                C,
                stage("total", takes={"x": collected("y", result("a"))}),
                stage("d", block="when"),
            ],
            [Y, Z, when("when", result("total"), ">", Constant(value=1), parent="z")],
            ["`b` needs `c`, `d` needs `total`"],
        ),
        # Each item of the loop around has its own two.
        (
            [A, stage("b", after=("c",), block="y"), C, stage("d", after=("a",), block="z")],
            [loop("x", x=[1]), loop("y", parent="x", x=[1]), loop("z", parent="x", x=[1])],
            ["`b` needs `c`, `d` needs `a`"],
        ),
        # Three of them.
        (
            [
                A,
                stage("b", after=("c",), block="y"),
                C,
                stage("d", after=("e",), block="z"),
                stage("e", block="w"),
                stage("f", after=("a",), block="w"),
            ],
            [Y, Z, loop("w", x=[1])],
            ["`b` needs `c`, `d` needs `e`, `f` needs `a`"],
        ),
        # A loop that needs itself, and stages that do, are other mistakes.
        ([A, stage("b", after=("d",), block="y"), stage("d", after=("a",), block="z")], [Y, Z], []),
        ([A, C, stage("s", after=("t",)), stage("t", after=("s",))], [Y, Z], []),
    ],
    ids=["one way", "both ways", "by others", "in a loop", "three", "itself", "stages"],
)
def test_loops_that_need_each_other(stages: list[Stage], blocks: list[Block], paths: list[str]) -> None:
    given = pipeline("", *stages, blocks=tuple(blocks))
    assert [getattr(each, "path", None) for each in entangled_loops(given)] == paths
    assert {"PPC160"} & {each.code for each in validate(given)} == ({"PPC160"} if paths else set())
