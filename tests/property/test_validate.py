"""Validation lets every pipeline pass that has nothing wrong with it."""

from __future__ import annotations

from hypothesis import given

from portable_pipeline.diagnostics import Severity
from portable_pipeline.ir import Pipeline
from portable_pipeline.validate import validate
from tests.property.strategies import pipelines


@given(pipelines())
def test_valid_pipelines_have_no_errors(pipeline: Pipeline) -> None:
    assert [each for each in validate(pipeline) if each.severity is Severity.ERROR] == []
