"""A night in which almost everything happens that can happen to a run: for the report's pages."""

import sys
import time
from datetime import date
from pathlib import Path

from portable_pipeline import Dataset, Input, Output, RunEvent, collect, cron, for_each, pipeline, run, stage, uri, when


@stage(retries=2, retry_delay="400ms", backoff=2.0, timeout="30s")
def fetch(day: date, marks: str, table: Output[Dataset] = uri("{root}/{run_date}/table.csv")) -> int:
    """Copy the night's table from the source, which answers at the third time of asking."""
    tries = Path(marks) / "fetch"
    tries.parent.mkdir(parents=True, exist_ok=True)
    with tries.open("a") as file:
        file.write("x")
    print(f"asking for {day}")
    if len(tries.read_text()) < 3:
        print("\x1b[31mno answer\x1b[0m from <script>alert('source')</script>", file=sys.stderr)
        raise ConnectionError("the source did not answer: postgresql://reader:hunter22@db/events")
    time.sleep(0.3)
    Path(table.path).write_text("region,rows\nnorth,3\nsouth,5\n")
    return 8


@stage(timeout="10s")
def regions(table: Input[Dataset]) -> list[str]:
    """Which regions have something to train on."""
    return ["north", "south", "east", "west"]


@stage(timeout="10s", retries=1, retry_delay="200ms")
def train(region: str, token: str) -> float:
    """Train a model for one region."""
    time.sleep(0.25)
    for epoch in range(400):
        print(f"epoch {epoch:3}: loss {1 / (epoch + 1):.4f} for {region} with {token}")
    if region == "east":
        raise ValueError(f"{region} has too few rows")
    return len(region) / 10


@stage(timeout="1s")
def embed(rows: int) -> int:
    """Takes longer than it may."""
    time.sleep(60)
    return rows


@stage
def last_embedding(rows: int) -> int:
    """That of the night before, where there is none of tonight."""
    time.sleep(0.2)
    return rows - 1


@stage
def deploy(model: int) -> str:
    """Only what is good enough."""
    return "deployed"


@stage
def summary(scores: list[float]) -> float:
    """Over all regions."""
    return sum(scores) / len(scores)


@stage
def announce(model: int) -> dict[str, str]:
    """Tell the others."""
    return {"said": "it is there <b>now</b> & ready", "password": "correct horse"}


def broken(event: RunEvent) -> None:
    """A hook that fails."""
    raise RuntimeError("nobody listens")


@pipeline(schedule=cron("0 2 * * *", timezone="Europe/Berlin"), on_exit=broken, tags=["nightly"], owner="data")
def busy(root: str = "data", marks: str = "marks", api_token: str = "s3cr3t-t0ken-value", least: int = 100):
    """Tables, models and a bad night."""
    rows = fetch(run.date, marks)
    with for_each(regions(rows.table), max_parallel=2) as region:
        score = train(region, api_token)
    summary(collect(score))
    model = embed(rows.result).or_else(last_embedding(rows.result))
    announce(model)
    with when(rows.result >= least):
        deploy(model)
