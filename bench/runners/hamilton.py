"""Hamilton: functions whose parameters are named after what they need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from runners import functions
from runners.contestant import Facts, Prepare, Run, Shape

VARIANTS = {
    "memory": Facts("sf-hamilton", "none", "nothing", "runner", "a function for each stage, its default executor"),
    "cache": Facts(
        "sf-hamilton",
        "usually",
        "its cache: values as files, their keys in SQLite",
        "runner",
        "the same, `with_cache`; an empty one for each run",
    ),
}


@contextmanager
def opened(variant: str, folder: Path) -> Iterator[Prepare]:
    """Ready at once."""
    from hamilton import driver
    from hamilton.ad_hoc_utils import create_temporary_module
    from hamilton.function_modifiers import group, inject, parameterize, source, value

    runs = count()

    def chain(size: int) -> list[object]:
        inputs = {
            f"step_{index}": {"number": source(f"step_{index - 1}") if index else value(0)} for index in range(size)
        }

        @parameterize(**inputs)
        def step(number: int) -> int:
            return functions.step(number)

        return [step]

    def fan(size: int) -> list[object]:
        names = [f"one_{index}" for index in range(size)]

        @parameterize(**{name: {"index": value(index)} for index, name in enumerate(names)})
        def one(index: int) -> int:
            return functions.one(index)

        @inject(numbers=group(*map(source, names)))
        def join(numbers: list[int]) -> int:
            return functions.join(numbers)

        return [one, join]

    def prepare(shape: Shape, size: int) -> Run:
        own, last = folder / str(next(runs)), "join" if shape == "fan" else f"step_{size - 1}"
        module = create_temporary_module(*(chain(size) if shape == "chain" else fan(size)), module_name=own.name)
        builder = driver.Builder().with_modules(module)
        if variant == "cache":
            builder = builder.with_cache(path=own)
        ready = builder.build()

        def run() -> int:
            result: int = ready.execute([last])[last]
            return result

        return run

    yield prepare
