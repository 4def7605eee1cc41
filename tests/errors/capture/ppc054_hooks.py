from functools import partial

from portable_pipeline import FailureEvent, RunEvent, pipeline, stage


def tell(event: RunEvent) -> None:
    print(event.state)


def tell_somebody(event: FailureEvent, whom: str) -> None:
    print(event.error, whom)


class Mail:
    __hash__ = None  # type: ignore[assignment]

    def __call__(self, event: FailureEvent) -> None:
        print(event.error)


@stage(timeout="5m", on_failure=lambda event: print(event))
def load() -> int:
    return 3


@stage(timeout="5m", on_failure=Mail())
def show(rows: int) -> None:
    print(rows)


@stage(timeout="5m", on_failure=partial(tell_somebody, whom="ops"))
def keep(rows: int) -> None:
    print(rows)


@stage(timeout="5m", on_failure=[tell])
def drop(rows: int) -> None:
    print(rows)


@pipeline(on_exit=[tell, tell])
def nightly():
    rows = load()
    show(rows)
    keep(rows)
    drop(rows)
