"""Questions to a pipeline's graph."""

from __future__ import annotations

from graphlib import CycleError

import pytest

from portable_pipeline.ir import (
    ArtifactInput,
    ArtifactRef,
    Constant,
    Output,
    ParameterRef,
    Pipeline,
    PythonBody,
    ResultRef,
    RunDate,
    Stage,
    Text,
    Uri,
    ValueInput,
    graph,
)
from portable_pipeline.ir.types import INT


def _stage(name, *inputs, after=(), outputs=()):
    return Stage(id=name, body=PythonBody(module="m", function=name), inputs=inputs, after=after, outputs=outputs)


def _value(name, value):
    return ValueInput(name=name, type=INT, value=value)


def _artifact(name, stage):
    return ArtifactInput(name=name, artifact="Dataset", value=ArtifactRef(stage=stage, output="data"))


DIAMOND = Pipeline(
    name="diamond",
    source="diamond.py",
    stages=(
        _stage(
            "join",
            _value("x", ResultRef(stage="left")),
            _artifact("y", "right"),
            _value("z", ResultRef(stage="left")),
            after=("top", "left"),
        ),
        _stage("right", after=("top",)),
        _stage("left", _value("x", ResultRef(stage="top")), after=("top",)),
        _stage("top", _value("n", Constant(value=1))),
    ),
)


def _by_id(pipeline, name):
    return next(stage for stage in pipeline.stages if stage.id == name)


def test_upstream_names_each_stage_once_data_first():
    assert graph.upstream(_by_id(DIAMOND, "join")) == ("left", "right", "top")


def test_order_only_leaves_out_what_a_data_edge_implies():
    assert graph.order_only(_by_id(DIAMOND, "join")) == ("top",)
    assert graph.order_only(_by_id(DIAMOND, "left")) == ()


def test_downstream_is_upstream_turned_round():
    assert graph.downstream(DIAMOND) == {
        "join": (),
        "right": ("join",),
        "left": ("join",),
        "top": ("join", "right", "left"),
    }


def test_topological_order_is_the_written_order_where_it_may_be():
    assert [stage.id for stage in graph.in_topological_order(DIAMOND)] == ["top", "right", "left", "join"]


def test_a_cycle_is_found_and_has_no_order():
    ring = Pipeline(
        name="ring",
        source="r.py",
        stages=(_stage("a", after=("c",)), _stage("b", after=("a",)), _stage("c", after=("b",))),
    )
    found = graph.find_cycle(ring)
    assert found[0] == found[-1]
    assert set(found) == {"a", "b", "c"}
    with pytest.raises(CycleError):
        graph.in_topological_order(ring)
    assert graph.find_cycle(DIAMOND) == ()


def test_parameters_and_dates_are_found_in_arguments_and_addresses():
    uri = Uri(parts=(ParameterRef(name="root"), Text(text="/"), RunDate()))
    stage = _stage("a", _value("n", ParameterRef(name="n")), outputs=(Output(name="o", artifact="Dataset", uri=uri),))
    assert graph.used_parameters(stage) == ("n", "root")
    assert graph.uses_run_date(stage)
    assert not graph.uses_run_date(_by_id(DIAMOND, "join"))


def test_a_thousand_stages_in_a_chain_are_ordered():
    chain = Pipeline(
        name="c",
        source="c.py",
        stages=tuple(_stage(f"s{i}", after=(f"s{i + 1}",) if i < 999 else ()) for i in range(1000)),
    )
    assert [stage.id for stage in graph.in_topological_order(chain)] == [f"s{i}" for i in reversed(range(1000))]
