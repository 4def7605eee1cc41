from datetime import timedelta

from portable_pipeline import command, cron, pipeline, stage


@stage(retries=1.5, retry_delay="soon", backoff="2", timeout=30, tags="daily", owner=["a"], cache="yes")
def load() -> int:
    return 3


@stage(retries=True, retry_delay=timedelta(seconds=3), max_delay="1h 30m", timeout="1h30m", cache=1)
def show(rows: int) -> None:
    print(rows)


shout = command(["echo", 3], name="shout", image=7, timeout="5m", cache=None)


@pipeline(schedule="0 2 * * *", timeout="-3h", packages="numpy", tags=["a", 1])
def nightly():
    show(load())
    shout()
