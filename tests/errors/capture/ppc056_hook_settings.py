from portable_pipeline import FailureEvent, RunEvent, pipeline, stage


@stage(timeout="soon")
def log(event: RunEvent) -> None:
    print(event.state)


@stage(retries=3, timeout="1m", owner="ops")
def tell(event: FailureEvent) -> None:
    print(event.error)


@stage(
    cache=True,
    on_failure=tell,
)
def count(event: RunEvent) -> None:
    print(event.state)


@stage(timeout="5m", on_failure=tell)
def load() -> int:
    return 3


@stage(timeout="5m", on_failure=tell)
def load_more() -> int:
    return 3


@pipeline(on_exit=log, on_failure=count)
def nightly():
    load()
    load_more()
