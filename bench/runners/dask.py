"""Dask: delayed functions, on its own schedulers and on a local cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from runners import functions
from runners.contestant import Facts, Prepare, Run, Shape

VARIANTS = {
    "threads": Facts("dask", "none", "nothing", "runner", "delayed functions, 2 threads"),
    "processes": Facts(
        "dask",
        "none",
        "nothing",
        "pool",
        "delayed functions, a pool of 2 processes that is kept; it fuses a chain into one task",
    ),
    "cluster": Facts("distributed", "none", "nothing", "pool", "delayed functions, `LocalCluster` of 2 processes"),
}


@contextmanager
def opened(variant: str, folder: Path) -> Iterator[Prepare]:
    """What works is there before the first run."""
    import dask

    def prepared(compute: Callable[[Any], Any]) -> Prepare:
        def prepare(shape: Shape, size: int) -> Run:
            def run() -> int:
                # A graph has keys that a cluster would take for what it has done already.
                result: int = compute(_chain(dask.delayed, size) if shape == "chain" else _fan(dask.delayed, size))
                return result

            return run

        return prepare

    if variant == "threads":
        yield prepared(lambda last: last.compute(scheduler="threads", num_workers=2))
    elif variant == "processes":
        with ProcessPoolExecutor(2) as pool:
            yield prepared(lambda last: last.compute(scheduler="processes", pool=pool))
    else:
        from distributed import Client, LocalCluster

        local = partial(LocalCluster, n_workers=2, threads_per_worker=1, dashboard_address=None)
        with local(local_directory=str(folder)) as cluster, Client(cluster) as client:
            yield prepared(lambda last: client.compute(last).result())


def _chain(delayed: Any, size: int) -> Any:
    number: Any = 0
    for _ in range(size):
        number = delayed(functions.step, pure=False)(number)
    return number


def _fan(delayed: Any, size: int) -> Any:
    return delayed(functions.join, pure=False)([delayed(functions.one, pure=False)(index) for index in range(size)])
