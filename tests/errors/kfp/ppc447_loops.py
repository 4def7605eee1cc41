from portable_pipeline import collect, for_each, pipeline, stage


@stage(timeout="5m")
def limit(most: int) -> int:
    return 2 * most


@stage(timeout="5m")
def extract(region: str) -> int:
    return len(region)


@stage(timeout="5m")
def warn(region: str, found: int, limit: int) -> int:
    return int(found > limit)


@stage(timeout="5m")
def total(found: list[int]) -> int:
    return sum(found)


@stage(timeout="5m")
def report(found: list[int], warned: list[int]) -> None:
    print(found, warned)


@pipeline
def nightly(regions: list[str] = ["south", "north"]):
    most = limit(50)
    # `extract` waits for `limit`, which only `warn` needs; `total` waits for `warn`.
    with for_each(regions) as region:
        found = extract(region)
        warned = warn(region, found, most)
    total(collect(found))
    report(collect(found), collect(warned))
    # What takes the one waits for the other, which it does not need.
    with for_each(regions) as region:
        found = extract(region)
        warned = warn(region, found, 3)
    with for_each(collect(found)) as each:
        limit(each)
    # It takes both.
    with for_each(regions) as region:
        found = extract(region)
        warned = warn(region, found, 3)
    report(collect(found), collect(warned))
