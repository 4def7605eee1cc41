"""Whatever IR parses, validation answers: it never fails, and its answers can be printed."""

from hypothesis import HealthCheck, given, settings

from portable_pipeline.diagnostics import in_order
from portable_pipeline.diagnostics.render import FORMATS, render
from portable_pipeline.ir import Pipeline
from portable_pipeline.validate import validate
from tests.unit.validate.wild import PIPELINES

WILD = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@WILD
@given(PIPELINES)
def test_validation_copes_with_any_ir(pipeline: Pipeline) -> None:
    found = validate(pipeline)
    assert found == in_order(found)
    assert len(set(found)) == len(found)
    for output_format in FORMATS:
        render(found, output_format=output_format).encode()


@WILD
@given(PIPELINES)
def test_validation_says_the_same_twice(pipeline: Pipeline) -> None:
    assert validate(pipeline) == validate(pipeline)
