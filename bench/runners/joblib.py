"""joblib: calls on a pool of processes, and functions that remember."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import joblib

from runners import functions
from runners.contestant import Facts, Prepare, Shape

VARIANTS = {
    "loky": Facts("joblib", "none", "nothing", "pool", "`Parallel`, loky, 2 processes; each step of a chain is a call"),
    "memory": Facts(
        "joblib",
        "usually",
        "`Memory`: a folder of files for each call",
        "runner",
        "functions that remember, called in turn; an empty folder for each run",
    ),
}


@contextmanager
def opened(variant: str, folder: Path) -> Iterator[Prepare]:
    """What works is there before the first run."""
    if variant == "loky":
        with joblib.Parallel(n_jobs=2, backend="loky") as parallel:
            yield lambda shape, size: lambda: _parallel(parallel, shape, size)
    else:
        runs = count()
        yield lambda shape, size: lambda: _remembered(folder / str(next(runs)), shape, size)


def _parallel(parallel: joblib.Parallel, shape: Shape, size: int) -> int:
    if shape == "fan":
        ones = parallel(joblib.delayed(functions.one)(index) for index in range(size))
        (total,) = parallel([joblib.delayed(functions.join)(ones)])
        return int(total)
    number = 0
    for _ in range(size):
        (number,) = parallel([joblib.delayed(functions.step)(number)])
    return number


def _remembered(folder: Path, shape: Shape, size: int) -> int:
    memory = joblib.Memory(folder, verbose=0)
    if shape == "fan":
        one = memory.cache(functions.one)
        return int(memory.cache(functions.join)([one(index) for index in range(size)]))
    step, number = memory.cache(functions.step), 0
    for _ in range(size):
        number = step(number)
    return number
