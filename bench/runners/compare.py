"""All contestants in turn, round after round: what disturbs one, disturbs all."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runners.field import FIELD
from runners.machine import machine, moment

BENCH = Path(__file__).resolve().parents[1]
BUILD = BENCH.parent / "build" / "bench"

_TIMEOUT_SECONDS = 900


def compare(names: Sequence[str], rounds: int, pythons: Mapping[str, Path]) -> dict[str, Any]:
    """All that was measured.

    Args:
        names: Of the field.
        rounds: How often each runs each shape, in a process of its own.
        pythons: The interpreter of each home.
    """
    BUILD.mkdir(parents=True, exist_ok=True)
    told: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    moments = []
    with tempfile.TemporaryDirectory(dir=BUILD, prefix="work-") as work:
        for turn in range(rounds):
            folder = Path(work, str(turn))
            folder.mkdir()
            moments.append(moment(folder))
            first = turn % len(names)  # nobody always comes after the same one
            for name in (*names[first:], *names[:first]):
                print(f"round {turn + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
                told[name].append(
                    measured(name, folder / name, pythons[FIELD[name].home], [*FIELD[name].shapes().values()])
                )
        about = machine(Path(work))
    return {
        "machine": about,
        "rounds": rounds,
        "moments": moments,
        "contestants": {name: contestant(name, each) for name, each in told.items()},
    }


def measured(name: str, folder: Path, python: Path, shapes: Sequence[str]) -> dict[str, Any]:
    """What `measure.py` tells of one contestant, which has begun anew.

    Raises:
        SystemExit: If it has failed.
    """
    entry = FIELD[name]
    folder.mkdir()
    command = [str(python), "-m", "runners.measure", entry.module, entry.variant, str(folder), *shapes]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{name} failed\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def environment(folder: Path) -> dict[str, str]:
    """For a process that measures: it finds this package, writes bytecode, and keeps what it keeps in the folder."""
    inherited = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, "PYTHONPATH": str(BENCH), "HOME": str(folder), "NO_COLOR": "1"}


def contestant(name: str, told: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Its figures of all rounds together."""
    return {
        "label": FIELD[name].label,
        "facts": told[0]["facts"],
        "setup_seconds": statistics.median(each["setup_seconds"] for each in told),
        "runs": {
            shape: {"stages": FIELD[name].stages(shape), **figures([each["runs"][size] for each in told])}
            for shape, size in FIELD[name].shapes().items()
        },
    }


def figures(runs: Sequence[Mapping[str, float | None]]) -> dict[str, Any]:
    """The median and the least of each figure, and every one."""
    found: dict[str, Any] = {}
    for key in ("seconds", "processor_seconds"):
        values = [value for each in runs if (value := each[key]) is not None]
        found[key] = {"median": statistics.median(values), "min": min(values), "all": values} if values else None
    return found
