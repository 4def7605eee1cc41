"""redun: tasks as lazy expressions, its call graph in a database."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from redun import Scheduler, task
from redun.config import Config

from runners import functions
from runners.contestant import Facts, Prepare, Run, Shape

redun_namespace = "bench"

_KEPT = "the call graph with all values, SQLite"
VARIANTS = {
    "thread": Facts("redun", "resumes", _KEPT, "runner", "local executor, 2 threads"),
    "process": Facts("redun", "resumes", _KEPT, "pool", "local executor, 2 processes"),
}


# The run is given to each, or what an earlier one has done would be taken for this one's.
@task()  # type: ignore[untyped-decorator]
def step(_: int, number: int) -> int:
    """Count."""
    return functions.step(number)


@task()  # type: ignore[untyped-decorator]
def one(_: int, index: int) -> int:
    """Take no time."""
    return functions.one(index)


@task()  # type: ignore[untyped-decorator]
def join(_: int, numbers: list[int]) -> int:
    """Add up."""
    return functions.join(numbers)


@contextmanager
def opened(variant: str, folder: Path) -> Iterator[Prepare]:
    """A scheduler with its database."""
    logging.getLogger("redun").setLevel(logging.ERROR)
    executor = {"type": "local", "mode": variant, "max_workers": "2", "scratch": str(folder)}
    backend = {"db_uri": f"sqlite:///{folder / 'redun.db'}"}
    scheduler = Scheduler(Config({"backend": backend, "executors.default": executor}))
    scheduler.load()
    runs = count()

    def prepare(shape: Shape, size: int) -> Run:
        def run() -> int:
            number = next(runs)
            result: int = scheduler.run(_chain(number, size) if shape == "chain" else _fan(number, size))
            return result

        return run

    yield prepare


def _chain(run: int, size: int) -> int:
    number = 0
    for _ in range(size):
        number = step(run, number)
    return number


def _fan(run: int, size: int) -> int:
    total: int = join(run, [one(run, index) for index in range(size)])
    return total
