"""Measure one contestant in this process: `python -m runners.measure MODULE VARIANT FOLDER SHAPE:SIZE...`.

The last line of standard output is JSON.
"""

from __future__ import annotations

import time

BEGAN = time.perf_counter()

import json  # noqa: E402
import sys  # noqa: E402
from dataclasses import asdict  # noqa: E402
from importlib.metadata import version  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import cast  # noqa: E402

from runners.contestant import Run, Shape, contestant  # noqa: E402
from runners.processor import processor_seconds  # noqa: E402

WARM_UP = ("chain:2", "fan:2")


def main(module: str, variant: str, folder: str, *shapes: str) -> None:
    """Make ready, warm up, then run each shape once."""
    measured = contestant(module)
    facts = measured.VARIANTS[variant]
    with measured.opened(variant, Path(folder)) as prepare:

        def prepared(shape: str) -> tuple[Run, int]:
            kind, _, size = shape.partition(":")
            return prepare(cast(Shape, kind), int(size)), int(size)

        for shape in WARM_UP:
            timed(*prepared(shape))
        setup = time.perf_counter() - BEGAN
        seen = {shape: timed(*prepared(shape)) for shape in shapes}
    told = {
        "facts": {**asdict(facts), "version": version(facts.package) if facts.package else None},
        "setup_seconds": setup,
        "runs": seen,
    }
    print("\n" + json.dumps(told))


def timed(run: Run, expected: int) -> dict[str, float | None]:
    """Wall and processor seconds of a run.

    Raises:
        SystemExit: If it has not done its work.
    """
    began, used = time.perf_counter(), processor_seconds()
    result = run()
    seconds, after = time.perf_counter() - began, processor_seconds()
    if result != expected:
        raise SystemExit(f"the result is {result!r}, not {expected}")
    return {"seconds": seconds, "processor_seconds": None if used is None or after is None else after - used}


if __name__ == "__main__":
    main(*sys.argv[1:])
