from portable_pipeline import collect, for_each, pipeline, stage


@stage(timeout="5m")
def load(store: int) -> int:
    return store


@stage(timeout="5m")
def tell(store: int) -> None:
    print(store)


@stage(timeout="5m")
def fit(month: int, rows: int) -> int:
    return month + rows


@stage(timeout="5m")
def total(rows: list[int]) -> int:
    return sum(rows)


@pipeline
def yearly(regions: list[str] = ["north"], stores: list[int] = [1, 2, 3], months: list[int] = [1, 2]):
    with for_each(stores, max_parallel=1) as store:
        loaded = load(store)
        told = tell(store)
    with for_each(months, max_parallel=1) as month:
        fit(month, total(collect(loaded)))
        planned = tell(month)
    told.after(planned)
    with for_each(regions):
        with for_each(stores) as store:
            loaded = load(store)
            told = tell(store)
        with for_each(months) as month:
            fitted = fit(month, total(collect(loaded)))
        with for_each(months) as month:
            for_each_fit = fit(month, total(collect(fitted)))
            planned = tell(month)
        told.after(planned)
    # The second loop needs what the first one makes, and nothing else.
    with for_each(stores) as store:
        loaded = load(store)
    with for_each(months) as month:
        fit(month, total(collect(loaded))).after(told)
    # This is a loop that needs itself.
    with for_each(stores) as store:
        loaded = load(store)
        told = tell(store)
    with for_each(months) as month:
        fitted = fit(month, total(collect(loaded)))
    told.after(fitted)
