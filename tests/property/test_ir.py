"""The IR of any pipeline: JSON and back exactly, a hash that means what it says, and a graph in order."""

from __future__ import annotations

import json

from hypothesis import given

from portable_pipeline.diagnostics import has_errors
from portable_pipeline.ir import Pipeline, digest, from_json, json_schema, to_json
from portable_pipeline.ir.graph import downstream, in_topological_order, upstream
from portable_pipeline.validate import validate
from tests.property.strategies import pipelines


@given(pipelines())
def test_json_and_back_is_exact(pipeline: Pipeline) -> None:
    text = to_json(pipeline)
    assert from_json(text) == pipeline
    assert to_json(from_json(text)) == text


@given(pipelines())
def test_the_hash_is_of_the_meaning(pipeline: Pipeline) -> None:
    again = from_json(json.dumps(json.loads(to_json(pipeline))))
    assert digest(again) == digest(pipeline)
    renamed = pipeline.model_copy(update={"name": pipeline.name + "_2"})
    assert digest(renamed) != digest(pipeline)
    moved = tuple(
        module.model_copy(
            update={"statements": tuple(each.model_copy(update={"line": each.line + 7}) for each in module.statements)}
        )
        for module in pipeline.modules
        if module.kind == "extracted"
    )
    assert digest(pipeline.model_copy(update={"modules": moved})) == digest(pipeline)


@given(pipelines())
def test_the_json_has_no_key_that_the_schema_does_not_know(pipeline: Pipeline) -> None:
    assert set(json.loads(to_json(pipeline))) == set(json_schema()["properties"])


@given(pipelines())
def test_random_pipelines_are_valid(pipeline: Pipeline) -> None:
    found = tuple(validate(pipeline))
    assert not has_errors(found), [each.message for each in found]


@given(pipelines(max_stages=12))
def test_the_order_respects_every_edge(pipeline: Pipeline) -> None:
    order = [stage.id for stage in in_topological_order(pipeline)]
    assert sorted(order) == sorted(stage.id for stage in pipeline.stages)
    assert all(order.index(before) < order.index(stage.id) for stage in pipeline.stages for before in upstream(stage))
    edges = {(before, stage.id) for stage in pipeline.stages for before in upstream(stage)}
    assert edges == {(before, after) for before, all_after in downstream(pipeline).items() for after in all_after}
