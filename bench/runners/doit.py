"""doit: tasks of Python actions that hand their values on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from doit.cmd_base import ModuleTaskLoader
from doit.doit_cmd import DoitMain

from runners import functions
from runners.contestant import Facts, Prepare, Run, Shape

_KEPT = "values, in a dbm file that is written when the run has ended"
VARIANTS = {
    "1": Facts("doit", "none", _KEPT, "runner", "dbm, values by `getargs`, 1 process"),
    "2": Facts("doit", "none", _KEPT, "pool", "dbm, values by `getargs`, `-n 2`: 2 processes"),
}


@contextmanager
def opened(variant: str, folder: Path) -> Iterator[Prepare]:
    """Ready at once."""
    runs = count()

    def prepare(shape: Shape, size: int) -> Run:
        own = folder / str(next(runs))
        own.mkdir()
        result = own / "result"
        config = {"dep_file": str(own / "state"), "backend": "dbm", "reporter": "zero", "num_process": _more(variant)}
        tasks = _chain(size, result) if shape == "chain" else _fan(size, result)
        loader = ModuleTaskLoader({"DOIT_CONFIG": config, **tasks})

        def run() -> int:
            DoitMain(loader).run([])
            return int(result.read_text(encoding="ascii"))

        return run

    yield prepare


def _more(variant: str) -> int:
    """What doit calls `-n`: 0 is in its own process."""
    return 0 if variant == "1" else int(variant)


def _chain(size: int, result: Path) -> dict[str, Any]:
    def task_step() -> Iterator[dict[str, Any]]:
        for index in range(size):
            given = {"getargs": {"number": (f"step:{index - 1}", "number")}} if index else {}
            yield {"name": str(index), "actions": [(_step, [], _told(index == size - 1, result))], **given}

    return {"task_step": task_step}


def _fan(size: int, result: Path) -> dict[str, Any]:
    def task_one() -> Iterator[dict[str, Any]]:
        for index in range(size):
            yield {"name": str(index), "actions": [(_one, [index])]}

    def task_join() -> dict[str, Any]:
        return {"actions": [(_join, [], {"result": str(result)})], "getargs": {"numbers": ("one", "number")}}

    return {"task_one": task_one, "task_join": task_join}


def _told(last: bool, result: Path) -> dict[str, str]:
    return {"result": str(result)} if last else {}


def _step(number: int = 0, result: str | None = None) -> dict[str, int]:
    number = functions.step(number)
    if result is not None:
        Path(result).write_text(str(number), encoding="ascii")
    return {"number": number}


def _one(index: int) -> dict[str, int]:
    return {"number": functions.one(index)}


def _join(numbers: Mapping[str, int], result: str) -> None:
    Path(result).write_text(str(functions.join(numbers.values())), encoding="ascii")
