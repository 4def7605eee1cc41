"""M1: once for each item of a constant, a parameter, a result, and a field of a result."""

from dataclasses import dataclass

from portable_pipeline import for_each, pipeline, stage

from recording import record


@dataclass
class Found:
    names: list[str]
    total: int


@stage
def find(count: int) -> Found:
    return Found([f"name {number}" for number in range(count)], count)


@stage
def numbers(count: int) -> list[int]:
    return list(range(count))


@stage
def of_constant(log: str, item: str) -> None:
    record(log, "of_constant", item=item)


@stage
def of_parameter(log: str, item: float) -> None:
    record(log, "of_parameter", item=item)


@stage
def of_result(log: str, item: int) -> None:
    record(log, "of_result", item=item)


@stage
def of_field(log: str, item: str, total: int) -> None:
    record(log, "of_field", item=item, total=total)


@pipeline
def m1_sources(log: str, given: list[float]):
    with for_each(["north", "it's {{ so }}", ""]) as text:
        of_constant(log=log, item=text)
    with for_each(given) as number:
        of_parameter(log=log, item=number)
    found = find(count=2)
    with for_each(numbers(count=3)) as number:
        of_result(log=log, item=number)
    with for_each(found.names) as name:
        of_field(log=log, item=name, total=found.total)
