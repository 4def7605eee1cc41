"""Values as expressions in a task's function: what they evaluate to there."""

from __future__ import annotations

from typing import Any

import pytest

from portable_pipeline.ir import (
    ArtifactRef,
    Collected,
    Constant,
    ItemKey,
    Output,
    ParameterRef,
    RunDate,
    Text,
    Uri,
    Value,
)
from portable_pipeline.ir.types import INT, ListOf
from ppc_prefect.scope import scope_of
from ppc_prefect.values import uri_source, value_source
from tests.unit.backends.prefect_blocks import collected, first_of, item, loop, result
from tests.unit.backends.prefect_pipelines import parameter, pipeline, stage, takes

URI = Uri(
    parts=(ParameterRef(name="root"), Text(text="/{}/"), ItemKey(loop="outer"), Text(text="-"), ItemKey(loop="inner"))
)
CASE = pipeline(
    stage("a", result=INT),
    stage("b", result=INT),
    stage("cell", block="inner", result=INT, outputs=(Output(name="file", artifact="Dataset", uri=URI),)),
    stage("row", takes("xs", collected(result("cell"), "inner"), ListOf(item=INT)), block="outer", result=INT),
    stage("table", takes("xs", collected(result("cell"), "inner", "outer"), ListOf(item=ListOf(item=INT)))),
    blocks=(loop("outer", [1]), loop("inner", [1], parent="outer")),
    parameters=(parameter("root"),),
)
SCOPE = scope_of(CASE)


def value(of: Value, **known: Any) -> Any:
    return eval(value_source(of, SCOPE), known)


def test_what_a_run_knows() -> None:
    assert value(Constant(value={"a": [None, "{x}"]})) == {"a": [None, "{x}"]}
    assert value(ParameterRef(name="root"), root="r") == "r"
    assert value(RunDate(), run_date="d") == "d"


def test_what_a_stage_gave() -> None:
    answer = {"result": 1, "auc": 0.5, "model": {"uri": "u"}}
    assert value(result("a"), a=answer) == 1
    assert value(result("a", "auc"), a=answer) == 0.5
    assert value(ArtifactRef(stage="a", output="model"), a=answer) == {"uri": "u"}


def test_an_item_and_a_field_of_it() -> None:
    # Both loops call their items `x`.
    assert value(item("outer"), x=1, x_=2) == 1
    assert value(item("inner", "name"), x=1, x_={"name": "n"}) == "n"


@pytest.mark.parametrize(("a", "b", "first"), [(1, None, 1), (None, 2, 2), (1, 2, 1), (0, 2, 0)])
def test_a_join_takes_the_first_that_is_there(a: int | None, b: int | None, first: int) -> None:
    answers = {name: None if given is None else {"result": given} for name, given in (("a", a), ("b", b))}
    assert value(first_of("a", "b"), **answers) == first


def test_collections_in_the_order_of_the_items() -> None:
    cells = [{"result": 1, "file": "f"}, {"result": 2, "file": "g"}]
    inner, outer = SCOPE.collected["cell", "inner"], SCOPE.collected["cell", "outer"]
    assert value(collected(result("cell"), "inner"), **{inner: cells}) == [1, 2]
    artifacts = Collected(loop="inner", of=ArtifactRef(stage="cell", output="file"))
    assert value(artifacts, **{inner: cells}) == ["f", "g"]
    assert value(collected(result("cell"), "inner", "outer"), **{outer: [cells, [], cells[:1]]}) == [[1, 2], [], [1]]


def test_addresses_of_items() -> None:
    known = {"root": "r", SCOPE.item_keys["outer"]: "eu", SCOPE.item_keys["inner"]: "0"}
    assert eval(uri_source(URI, SCOPE), known) == "r/{}/eu-0"
