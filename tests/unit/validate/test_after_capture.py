"""Beside errors of capture only that is said which does not follow from them."""

from dataclasses import replace

from portable_pipeline.diagnostics import Related, Span
from portable_pipeline.diagnostics.catalog.graph import EmptyPipeline
from portable_pipeline.ir import Constant
from portable_pipeline.ir.types import INT
from portable_pipeline.validate import validate
from tests.unit.validate.pipelines import a_parameter, a_pipeline, a_stage, takes

WRONG = takes("depth", INT, Constant(value="3")).model_copy(update={"span": Span("p.py", 5, 9, 5, 12)})
PIPELINE = a_pipeline(a_stage(inputs=(WRONG,)), parameters=(a_parameter("unused"),))
ELSEWHERE = EmptyPipeline(pipeline="p", span=Span("p.py", 7))


def said(*told: EmptyPipeline) -> list[str]:
    return [each.code for each in validate(PIPELINE, told)]


def test_all_of_it_without_errors() -> None:
    assert said() == ["PPC120", "PPC111"]


def test_no_warnings_beside_errors() -> None:
    assert said(ELSEWHERE) == ["PPC111"]


def test_nothing_on_the_lines_of_errors() -> None:
    assert said(replace(ELSEWHERE, span=Span("p.py", 5))) == []
    assert said(replace(ELSEWHERE, span=Span("p.py", 4, 1, 6, 1))) == []
    assert said(replace(ELSEWHERE, related=(Related(Span("p.py", 5), "here"),))) == []
    assert said(replace(ELSEWHERE, span=Span("q.py", 5))) == ["PPC111"]
