"""M7, M6: in a loop in a loop an address has the keys of both items."""

from dataclasses import dataclass

from portable_pipeline import Dataset, Input, Output, collect, for_each, pipeline, stage, uri

from recording import record


@dataclass
class Region:
    name: str
    shops: list[int]


@stage
def write(region: str, shop: int, table: Output[Dataset] = uri("{root}/{run_date}/{item_key}.txt")) -> int:
    with open(table.path, "w") as file:
        file.write(f"{region} {shop}")
    return shop


@stage
def read(log: str, region: str, table: Input[Dataset]) -> str:
    with open(table.path) as file:
        text = file.read()
    record(log, f"read[{text}]")
    return text


@stage
def take(log: str, texts: list[list[str]]) -> None:
    record(log, "take", texts=texts)


@pipeline
def m7_nested(log: str, root: str):
    regions = [Region("north", [5, 6]), Region("south", [7])]
    with for_each(regions, key="name") as region, for_each(region.shops) as shop:
        written = write(region=region.name, shop=shop)
        text = read(log=log, region=region.name, table=written.table)
    take(log=log, texts=collect(collect(text)))
