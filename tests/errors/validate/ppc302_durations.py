from datetime import timedelta

from portable_pipeline import RunEvent, pipeline, stage


@stage(timeout="0s")
def never() -> None:
    print("never")


@stage(timeout=timedelta(minutes=-90), retries=1, retry_delay=timedelta(seconds=-1.5))
def backwards() -> None:
    print("backwards")


@stage(timeout="0s")
def tell(event: RunEvent) -> None:
    print(event.state)


@pipeline(on_exit=tell, timeout="20000d")
def nightly():
    never()
    backwards()
