"""Prefect: flows of tasks, with the server that it starts by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runners import functions
from runners.contestant import Facts, Prepare, Run, Shape

_KEPT = "states at its server, SQLite; values in memory"
VARIANTS = {
    "threads": Facts(
        "prefect",
        "record",
        _KEPT,
        "runner",
        "its ephemeral server; a chain by calls, a fan by `map` on 2 threads; no cache, few logs",
    ),
    "processes": Facts(
        "prefect",
        "record",
        _KEPT,
        "pool",
        "its ephemeral server; all submitted to `ProcessPoolTaskRunner` of 2; no cache, few logs",
    ),
}

_SETTINGS = {
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "DO_NOT_TRACK": "1",
}


@contextmanager
def opened(variant: str, folder: Path) -> Iterator[Prepare]:
    """The first flow starts the server, which makes its database."""
    os.environ |= {"PREFECT_HOME": str(folder), **_SETTINGS}
    from prefect import flow, task
    from prefect.cache_policies import NO_CACHE
    from prefect.task_runners import ProcessPoolTaskRunner, ThreadPoolTaskRunner

    step = task(functions.step, cache_policy=NO_CACHE)
    one = task(functions.one, cache_policy=NO_CACHE)
    join = task(functions.join, cache_policy=NO_CACHE)

    def chain(size: int) -> int:
        number = 0
        for _ in range(size):
            number = step(number)
        return number

    def submitted_chain(size: int) -> int:
        number: Any = 0
        for _ in range(size):
            number = step.submit(number)
        return int(number.result())

    def fan(size: int) -> int:
        total: int = join(one.map(range(size)))
        return total

    def submitted_fan(size: int) -> int:
        return int(join.submit(one.map(range(size))).result())

    flows = {
        "threads": {"chain": flow(chain), "fan": flow(fan, task_runner=ThreadPoolTaskRunner(max_workers=2))},
        "processes": {
            "chain": flow(submitted_chain, task_runner=ProcessPoolTaskRunner(max_workers=2)),
            "fan": flow(submitted_fan, task_runner=ProcessPoolTaskRunner(max_workers=2)),
        },
    }[variant]

    def prepare(shape: Shape, size: int) -> Run:
        return lambda: flows[shape](size)

    yield prepare
