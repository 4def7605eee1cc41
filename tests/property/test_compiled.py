"""What any pipeline compiles to: the same text every time, valid Python, none of ours, and loaded as it was written."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from portable_pipeline.backend import Answer, backends, target_diagnostics
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.diagnostics.diagnostic import Severity
from portable_pipeline.ir import Pipeline, from_json, to_json
from tests.contract.subjects import Subject, Target
from tests.property.strategies import pipelines

TARGETS = sorted(backends())

#: Formatting takes most of a tenth of a second for each compilation.
COMPILED_EXAMPLES = 25
#: An engine takes up to a second for each pipeline that it loads; so a failure is not made smaller either.
LOADED_EXAMPLES = 12


#: What a target refuses with a diagnostic of its own: no rule, so nothing that the strategies could leave out. Each has
#: its own tests; waits, layouts and defaults that the target would change.
OWN_REFUSALS = {"airflow": {"PPC420", "PPC424"}, "kfp": {"PPC445", "PPC448"}, "prefect": set[str]()}


def compilable(data: st.DataObject, target: str) -> Pipeline:
    """Any pipeline that the target does not refuse."""
    backend = backends()[target]
    refused = tuple(rule for rule, answer in backend.support.items() if answer.answer is Answer.REFUSED)
    pipeline: Pipeline = data.draw(pipelines(without=refused))
    errors = {each.code for each in target_diagnostics(pipeline, backend, ()) if each.severity is Severity.ERROR}
    assume(not errors or errors - OWN_REFUSALS[target])
    return pipeline


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=COMPILED_EXAMPLES)
@given(data=st.data())
def test_the_same_pipeline_gives_the_same_text(target: str, data: st.DataObject) -> None:
    pipeline = compilable(data, target)
    first = compile_pipeline(pipeline, backends()[target])
    assert compile_pipeline(from_json(to_json(pipeline)), backends()[target]) == first
    assert len({each.path for each in first}) == len(first)


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=COMPILED_EXAMPLES)
@given(data=st.data())
def test_the_output_parses_and_needs_none_of_ours(target: str, data: st.DataObject) -> None:
    pipeline = compilable(data, target)
    for each in compile_pipeline(pipeline, backends()[target]):
        if each.path.endswith(".json"):
            assert isinstance(json.loads(each.text), dict)
        elif each.path.endswith(".py"):
            tree = ast.parse(each.text)
            compile(tree, each.path, "exec")
            assert "portable_pipeline" not in {name.split(".")[0] for name in imported(tree)}


@pytest.mark.parametrize(
    "target", [pytest.param(name, marks=[pytest.mark.engine, pytest.mark.xdist_group(name)]) for name in TARGETS]
)
@settings(max_examples=LOADED_EXAMPLES, phases=[Phase.generate])
@given(data=st.data())
def test_the_engine_loads_what_was_written(
    target: str, subjects: Callable[[str], Subject], data: st.DataObject
) -> None:
    pipeline = compilable(data, target)
    engine = subjects(target)
    assert isinstance(engine, Target)
    verified = engine.verified(pipeline)
    found = [each.message for each in verified.found]
    assert not found, "\n".join(found)
    assert {"stages", "edges", "retries"} <= set(verified.compared)


def imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found
