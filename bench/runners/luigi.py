"""Luigi: tasks with files as targets, and its local scheduler."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import luigi

from runners import functions
from runners.contestant import Facts, Prepare, Run, Shape

_KEPT = "the targets: a file for each task, renamed when it is complete"
VARIANTS = {
    "1": Facts("luigi", "usually", _KEPT, "runner", "local scheduler, 1 worker"),
    "2": Facts("luigi", "usually", _KEPT, "process", "local scheduler, 2 workers: it forks for each task"),
}


class _Counted(luigi.Task):  # type: ignore[misc] # it has no types
    folder = luigi.Parameter()

    def output(self) -> luigi.LocalTarget:
        return luigi.LocalTarget(str(Path(self.folder, self.task_id)))

    def put(self, number: int) -> None:
        with self.output().open("w") as file:
            file.write(str(number))

    def given(self) -> list[int]:
        return [_read(each) for each in luigi.task.flatten(self.input())]


class Step(_Counted):
    """One of a chain."""

    index = luigi.IntParameter()

    def requires(self) -> list[luigi.Task]:
        """The one before."""
        return [Step(folder=self.folder, index=self.index - 1)] if self.index else []

    def run(self) -> None:
        """Count."""
        self.put(functions.step(*(self.given() or [0])))


class One(_Counted):
    """One of a fan."""

    index = luigi.IntParameter()

    def run(self) -> None:
        """Take no time."""
        self.put(functions.one(self.index))


class Join(_Counted):
    """The end of a fan."""

    size = luigi.IntParameter()

    def requires(self) -> list[luigi.Task]:
        """All of them."""
        return [One(folder=self.folder, index=index) for index in range(self.size)]

    def run(self) -> None:
        """Add up."""
        self.put(functions.join(self.given()))


@contextmanager
def opened(variant: str, folder: Path) -> Iterator[Prepare]:
    """Ready at once."""
    runs = count()

    def prepare(shape: Shape, size: int) -> Run:
        targets = folder / str(next(runs))
        targets.mkdir()
        last = Step(folder=str(targets), index=size - 1) if shape == "chain" else Join(folder=str(targets), size=size)

        def run() -> int:
            luigi.build([last], local_scheduler=True, workers=int(variant), log_level="ERROR")
            return _read(last.output())

        return run

    yield prepare


def _read(target: luigi.LocalTarget) -> int:
    with target.open() as file:
        return int(file.read())
