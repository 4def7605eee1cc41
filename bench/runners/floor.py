"""The least that durable state and processes that can be killed cost: what our runner does without all that it knows.

Workers that live as long as the run, or one for each stage, in process groups of their own; work goes to them through a
pipe. What
has ended and what starts next is one synchronous commit: for a chain one commit a stage, for a fan one for all that
has ended while the one before was written.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sqlite3
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from runners.contestant import Facts, Prepare, Run, Shape

_KEPT = "a row for each transition, SQLite, a synchronous commit each step"
VARIANTS = {
    "pool": Facts(None, "record", _KEPT, "pool", "2 workers, each no-op through a pipe"),
    "forks": Facts(None, "record", _KEPT, "process", "2 at once, each no-op in a process forked for it"),
}

_LINE_BYTES = 1 << 20
_TABLE = """
CREATE TABLE IF NOT EXISTS event (run TEXT, number INTEGER, at REAL, kind TEXT, stage TEXT, detail TEXT,
PRIMARY KEY (run, number)) WITHOUT ROWID
"""


@contextmanager
def opened(variant: str, folder: Path) -> Iterator[Prepare]:
    """Ready at once; a run starts its workers itself, as ours does."""
    worker = Worker if variant == "pool" else Fresh

    def prepare(shape: Shape, size: int) -> Run:
        return lambda: run(shape, size, folder / "runs.db", worker)

    yield prepare


def run(shape: Shape, size: int, database: Path, worker_class: type[AnyWorker]) -> int:
    """One run; its result."""
    journal = Journal(database)
    workers = [worker_class() for _ in range(max(os.cpu_count() or 1, 2))]
    try:
        return _chain(size, journal, workers) if shape == "chain" else _fan(size, journal, workers)
    finally:
        for worker in workers:
            worker.end()
        journal.close()


def _chain(size: int, journal: Journal, workers: Sequence[AnyWorker]) -> int:
    number = 0
    for index in range(size):
        # The one before has succeeded and this one starts: one step.
        _start(journal, workers[index % len(workers)], f"step_{index}", number)
        number = workers[index % len(workers)].answer()
        journal.note("attempt_succeeded", f"step_{index}", number)
    journal.commit()
    return number


def _fan(size: int, journal: Journal, workers: Sequence[AnyWorker]) -> int:
    waiting = deque(range(size))
    idle, running = deque(workers), dict[int, tuple[AnyWorker, str]]()
    numbers = list[int]()
    while len(numbers) < size:
        starts = list[tuple[AnyWorker, str]]()
        while waiting and idle:
            starts.append((idle.popleft(), f"one[{waiting.popleft()}]"))
            journal.note("attempt_started", starts[-1][1])
        journal.commit()
        for worker, stage in starts:
            worker.send(0)
            running[worker.answers] = (worker, stage)
        for ready in select.select([*running], [], [])[0]:
            worker, stage = running.pop(ready)
            numbers.append(worker.answer())
            journal.note("attempt_succeeded", stage, numbers[-1])
            idle.append(worker)
    _start(journal, workers[0], "join", numbers)
    total = workers[0].answer()
    journal.note("attempt_succeeded", "join", total)
    journal.commit()
    return total


def _start(journal: Journal, worker: AnyWorker, stage: str, given: int | list[int]) -> None:
    journal.note("attempt_started", stage)
    journal.commit()
    worker.send(given)


class Journal:
    """Two rows for each stage, on disk when `commit` returns."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute(_TABLE)
        self._run = str(time.time_ns())
        self._count = 0
        self._rows: list[tuple[str, int, float, str, str, str | None]] = []

    def note(self, kind: str, stage: str, returned: int | None = None) -> None:
        """Add a row to what is committed next."""
        self._count += 1
        told = None if returned is None else json.dumps({"result": returned})
        self._rows.append((self._run, self._count, time.time(), kind, stage, told))

    def commit(self) -> None:
        """Write what was added."""
        if self._rows:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", self._rows)
            self._database.execute("COMMIT")
            self._rows.clear()

    def close(self) -> None:
        """Close the database."""
        self._database.close()


class AnyWorker(Protocol):
    """Does one stage at a time."""

    @property
    def answers(self) -> int:
        """File descriptor that can be read when there is an answer to what was sent last."""

    def send(self, given: int | list[int]) -> None:
        """Give it work."""

    def answer(self) -> int:
        """Its answer; waits for it."""

    def end(self) -> None:
        """Kill it."""


class Worker:
    """A process that answers each line of JSON with one: an int with the next one, a list with its sum."""

    def __init__(self) -> None:
        take, self._jobs = os.pipe()
        self._answers, give = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            try:
                os.setpgid(0, 0)
                os.close(self._jobs)
                os.close(self._answers)
                _work(take, give)
            finally:
                os._exit(0)
        os.setpgid(self._process, self._process)  # whoever of us is first
        os.close(take)
        os.close(give)

    @property
    def answers(self) -> int:
        """File descriptor that can be read when there is an answer."""
        return self._answers

    def send(self, given: int | list[int]) -> None:
        """Give it work."""
        text = json.dumps(given).encode() + b"\n"
        while text:
            text = text[os.write(self._jobs, text) :]

    def answer(self) -> int:
        """Its answer; waits for it."""
        result: int = json.loads(os.read(self._answers, _LINE_BYTES))
        return result

    def end(self) -> None:
        """Kill it, with all that it might have started."""
        os.killpg(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._jobs)
        os.close(self._answers)


class Fresh:
    """A process for each stage, forked when there is work for it."""

    def __init__(self) -> None:
        self._worker: Worker | None = None

    @property
    def answers(self) -> int:
        """File descriptor that can be read when there is an answer."""
        assert self._worker
        return self._worker.answers

    def send(self, given: int | list[int]) -> None:
        """Give it work."""
        self._worker = Worker()
        self._worker.send(given)

    def answer(self) -> int:
        """Its answer; waits for it, and ends the process."""
        assert self._worker
        result = self._worker.answer()
        self.end()
        return result

    def end(self) -> None:
        """Kill the process, if there is one."""
        if self._worker is not None:
            self._worker.end()
            self._worker = None


def _work(jobs: int, answers: int) -> None:
    read = b""
    while chunk := os.read(jobs, _LINE_BYTES):
        read += chunk
        if read.endswith(b"\n"):
            given, read = json.loads(read), b""
            result = sum(given) if isinstance(given, list) else given + 1
            os.write(answers, json.dumps(result).encode() + b"\n")
