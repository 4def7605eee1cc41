"""Every policy at once, for what the engine itself says about the pipeline after loading it."""

from portable_pipeline import cron, pipeline, stage


@stage(retries=4, retry_delay="30s", backoff=2.0, max_delay="5m", timeout="10m", owner="data", tags=["io"])
def fetch(table: str, limit: int) -> int:
    """Fetch rows."""
    return limit


@stage(retries=1, retry_delay="1m", timeout="90s")
def count(rows: int) -> int:
    return rows


@stage
def report(rows: int, total: int) -> None:
    print(rows, total)


@stage
def notify() -> None:
    print("done")


@pipeline(schedule=cron("0 2 * * *", timezone="UTC"), timeout="2h", owner="ml", tags=["nightly", "demo"])
def policies(table: str = "events", limit: int = 100, share: float = 0.5, flags: list[str] = ["a"]):
    """Counts rows."""
    rows = fetch(table=table, limit=limit)
    total = count(rows=rows)
    report(rows=rows, total=total)
    notify().after(total)
