"""M6: a loop in a loop, over a field of the outer item; it is collected once for each level."""

from dataclasses import dataclass

from portable_pipeline import collect, for_each, pipeline, stage

from recording import record


@dataclass
class Region:
    name: str
    shops: list[int]


@stage
def regions() -> list[Region]:
    return [Region("north", [1, 2]), Region("none", []), Region("south", [30])]


@stage
def visit(log: str, region: str, shop: int) -> int:
    record(log, f"visit[{region} {shop}]")
    return shop + 100


@stage
def total(log: str, region: str, visits: list[int]) -> int:
    record(log, f"total[{region}]", visits=visits)
    return sum(visits)


@stage
def take(log: str, visits: list[list[int]], totals: list[int]) -> None:
    record(log, "take", visits=visits, totals=totals)


@pipeline
def m6_nested(log: str):
    with for_each(regions()) as region:
        with for_each(region.shops) as shop:
            visited = visit(log=log, region=region.name, shop=shop)
        summed = total(log=log, region=region.name, visits=collect(visited))
    take(log=log, visits=collect(collect(visited)), totals=collect(summed))
