"""A stage for each night, which waits while it has to."""

import os
import time
from datetime import date

from portable_pipeline import Dataset, Output, cron, pipeline, run, stage, uri


@stage(timeout="1m")
def count(day: date, n: int, table: Output[Dataset] = uri("data/{run_date}.txt")) -> str:
    with open("ran.txt", "a") as file:
        file.write(f"{day}\n")
    while os.path.exists("wait"):
        time.sleep(0.02)
    with open(table.path, "w") as file:
        file.write(f"{day} {n}")
    return str(day)


@stage(timeout="1m")
def check(told: str) -> str:
    with open("checked.txt", "a") as file:
        file.write(f"{told}\n")
    return told


@pipeline(schedule=cron("0 2 * * *", timezone="Europe/Berlin"))
def nightly(n: int = 1):
    check(count(run.date, n))
