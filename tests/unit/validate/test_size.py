"""Large pipelines: validation grows with their size, not with its square."""

import time
from collections.abc import Callable

import pytest

from portable_pipeline.ir import Pipeline, ResultRef
from portable_pipeline.ir.types import INT, STR
from portable_pipeline.validate import validate
from tests.unit.validate.pipelines import a_parameter, a_pipeline, a_stage, takes, writes

ROOTS = ("root", "other")
TEMPLATES: dict[str, Callable[[int], str]] = {
    "one root": lambda number: f"{{root}}/{{run_date}}/s{number}/data.csv",
    "two roots": lambda number: f"{{{ROOTS[number % 2]}}}/{{run_date}}/s{number}/data.csv",
    "a name that only the run knows": lambda number: f"{{root}}/{{run_date}}/s{number}/{{name}}.csv",
}


def chain(length: int, template: Callable[[int], str]) -> Pipeline:
    stages = []
    for number in range(length):
        inputs = (takes("rows", INT, ResultRef(stage=f"s{number - 1}")),) if number else ()
        stages.append(a_stage(f"s{number}", inputs=inputs, outputs=(writes(template(number)),), result=INT))
    parameters = [a_parameter(name, default=f"/{name}") for name in (*ROOTS, "name")]
    return a_pipeline(*stages, parameters=parameters)


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_growth(template: Callable[[int], str]) -> None:
    seconds = {length: _fastest(chain(length, template)) for length in (500, 4000)}
    # Eight times the stages: a quadratic step anywhere would take 64 times as long.
    assert seconds[4000] < 24 * seconds[500]


def _fastest(pipeline: Pipeline) -> float:
    taken = []
    for _ in range(3):
        start = time.process_time()
        assert {each.code for each in validate(pipeline)} <= {"PPC120"}
        taken.append(time.process_time() - start)
    return min(taken)


def test_what_cannot_be_compared_in_time_is_refused() -> None:
    ends = [f"{{{root}}}/{root}{number}/{{in_{root}}}" for root in ROOTS for number in range(250)]
    stages = [a_stage(f"s{number}", outputs=(writes(each),)) for number, each in enumerate(ends)]
    parameters = [a_parameter(name, type) for root in ROOTS for name, type in ((root, STR), (f"in_{root}", INT))]
    (refused,) = validate(a_pipeline(*stages, parameters=parameters))
    assert refused.message == "the addresses of 500 outputs differ in too many ways to be told apart"
    few = [*stages[:50], *stages[-50:]]
    assert validate(a_pipeline(*few, parameters=parameters)) == ()
