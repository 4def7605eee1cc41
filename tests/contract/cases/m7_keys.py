"""M7: a file for each item, named by a field of it; two items of one name, or of none that is a file's, are refused."""

from dataclasses import dataclass

from portable_pipeline import Dataset, Input, Output, collect, for_each, pipeline, stage, uri

from recording import record


@dataclass
class Shop:
    name: str
    size: int


@stage
def find(names: list[str]) -> list[Shop]:
    return [Shop(name, len(name)) for name in names]


@stage
def write(log: str, shop: Shop, table: Output[Dataset] = uri("{root}/{run_date}/shops/{item_key}.txt")) -> None:
    record(log, "write")
    with open(table.path, "w") as file:
        file.write(f"{shop.name} {shop.size}")


@stage
def take(log: str, tables: list[Input[Dataset]]) -> None:
    texts = []
    for each in tables:
        with open(each.path) as file:
            texts.append(file.read())
    record(log, "take", texts=texts)


@stage
def free(log: str) -> None:
    record(log, "free")


@pipeline
def m7_keys(log: str, root: str, names: list[str]):
    with for_each(find(names=names), key="name") as shop:
        written = write(log=log, shop=shop)
    take(log=log, tables=collect(written.table))
    free(log=log)
