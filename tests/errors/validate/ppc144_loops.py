from dataclasses import dataclass

from portable_pipeline import Dataset, Output, collect, each, for_each, pipeline, stage, uri


@dataclass
class Model:
    name: str
    depth: float


@stage(timeout="5m")
def load() -> int:
    return 3


@stage(timeout="5m")
def double(rows: int) -> int:
    return 2 * rows


@stage(timeout="5m")
def add(rows: int, more: int) -> int:
    return rows + more


@stage(timeout="5m")
def total(rows: list[int]) -> int:
    return sum(rows)


@stage(timeout="5m")
def totals(rows: list[list[int]]) -> int:
    return sum(map(sum, rows))


@stage(timeout="5m")
def write(part: int, table: Output[Dataset] = uri("{root}/{run_date}/table.csv")) -> None:
    open(table.path, "w").close()


@stage(timeout="5m")
def fit(model: Model) -> None:
    print(model.name)


@pipeline
def nightly(root: str = "/tmp/nightly", count: int = 3):
    rows = load()
    with for_each([1, 2]) as outer:
        with for_each([3, 4]) as inner:
            added = add(outer, inner)
            total(collect(added))
        double(added)
        double(inner)
    double(outer)
    double(added)
    total(collect(added))
    totals(collect(collect(added)))
    with for_each(rows) as row:
        double(row)
    with for_each(count) as row:
        double(row)
    add.map(rows=each([1, 2]), more=each([1, 2, 3]), max_parallel=0)
    with for_each([1, 2]):
        pass
    write.map(part=each([1, 2]))
    models = [Model("a/b", 1.0), Model("c", 2.0)]
    with for_each(models, key="name") as model:
        fit(model)
    with for_each(models, key="depth") as model:
        fit(model)
    with for_each(models, key="width") as model:
        fit(model)
    with for_each([{"k": 1}, {"k": 1}], key="k"):
        double(1)
