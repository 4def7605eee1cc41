"""Dagster: jobs of ops, in this process or each in one of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dagster import (
    DagsterInstance,
    GraphDefinition,
    JobDefinition,
    build_reconstructable_job,
    execute_job,
    graph,
    multiprocess_executor,
    op,
)

from runners import functions
from runners.contestant import Facts, Prepare, Run, Shape

VARIANTS = {
    "in-process": Facts(
        "dagster",
        "record",
        "the event log, SQLite; values in memory",
        "runner",
        "`execute_in_process` with an instance on disk, few logs",
    ),
    "processes": Facts(
        "dagster",
        "usually",
        "the event log, SQLite; values as files",
        "process",
        "`execute_job`, multiprocess executor, 2 at once, forkserver with its imports; an instance on disk, few logs",
    ),
}

_QUIET = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}


@op
def begin() -> int:
    """Count from 0."""
    return functions.step(0)


@op
def step(number: int) -> int:
    """Count."""
    return functions.step(number)


@op
def one() -> int:
    """Take no time."""
    return functions.one(0)


@op
def join(numbers: list[int]) -> int:
    """Add up."""
    return functions.join(numbers)


@contextmanager
def opened(variant: str, folder: Path) -> Iterator[Prepare]:
    """An instance with its databases."""
    os.environ |= {"DAGSTER_HOME": str(folder), "DAGSTER_DISABLE_TELEMETRY": "1"}
    with DagsterInstance.get() as instance:

        def prepare(shape: Shape, size: int) -> Run:
            last = "join" if shape == "fan" else "begin" if size == 1 else f"step_{size - 1}"
            if variant == "processes":
                again = build_reconstructable_job("runners.dagster", "job_of", (shape, size))
                return lambda: _executed(again, instance, last)
            job = _graph(shape, size).to_job()

            def run() -> int:
                return int(job.execute_in_process(run_config=_QUIET, instance=instance).output_for_node(last))

            return run

        yield prepare


def job_of(shape: Shape, size: int) -> JobDefinition:
    """What each process defines anew."""
    preload = {"preload_modules": ["runners.dagster"]}
    executor = multiprocess_executor.configured({"max_concurrent": 2, "start_method": {"forkserver": preload}})
    return _graph(shape, size).to_job(executor_def=executor)


def _executed(job: object, instance: DagsterInstance, last: str) -> int:
    with execute_job(job, instance, run_config=_QUIET) as done:
        return int(done.output_for_node(last))


def _graph(shape: Shape, size: int) -> GraphDefinition:
    return _chain(size) if shape == "chain" else _fan(size)


def _chain(size: int) -> GraphDefinition:
    @graph
    def chain() -> None:
        number = begin()
        for index in range(1, size):
            number = step.alias(f"step_{index}")(number)

    return chain


def _fan(size: int) -> GraphDefinition:
    @graph
    def fan() -> None:
        join([one.alias(f"one_{index}")() for index in range(size)])

    return fan
