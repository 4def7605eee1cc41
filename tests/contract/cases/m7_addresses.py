"""M7: a file for each item, by its index; taken one by one within the loop, and all of them outside of it."""

from portable_pipeline import Dataset, Input, Output, collect, for_each, pipeline, stage, uri

from recording import record


@stage
def write(log: str, item: str, table: Output[Dataset] = uri("{root}/{run_date}/{item_key}/table.txt")) -> None:
    record(log, f"write[{item}]")
    with open(table.path, "w") as file:
        file.write(item)


@stage
def upper(log: str, table: Input[Dataset], loud: Output[Dataset] = uri("{root}/{run_date}/loud-{item_key}.txt")) -> int:
    with open(table.path) as file, open(loud.path, "w") as target:
        text = file.read()
        target.write(text.upper())
    record(log, f"upper[{text}]")
    return len(text)


@stage
def take(log: str, tables: list[Input[Dataset]], lengths: list[int]) -> None:
    texts = []
    for each in tables:
        with open(each.path) as file:
            texts.append(file.read())
    record(log, "take", texts=texts, lengths=lengths)


@pipeline
def m7_addresses(log: str, root: str, items: list[str]):
    with for_each(items) as item:
        loud = upper(log=log, table=write(log=log, item=item).table)
    take(log=log, tables=collect(loud.loud), lengths=collect(loud.result))
