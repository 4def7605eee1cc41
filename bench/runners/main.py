"""The part `runners` of `make bench`."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

from runners.compare import BENCH, BUILD, compare, environment, measured
from runners.field import FIELD
from runners.pages import PAGE, filled, parts
from runners.peers import peers_python

_MANY = 10_000
_FEWER = 1_000


def add_options(parser: argparse.ArgumentParser) -> None:
    """What can be chosen."""
    parser.add_argument("--only", metavar="NAMES", help=f"runners: some of {','.join(FIELD)}")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="runners: rounds (5)")
    parser.add_argument("--no-growth", action="store_true", help=f"runners: without the run of {_MANY} stages")


def main(given: argparse.Namespace) -> None:
    """Measure, print, and keep the figures; those of all contestants go into the page of the documentation, too.

    Raises:
        SystemExit: If a name is unknown, or a contestant fails.
    """
    names = given.only.split(",") if given.only else [*FIELD]
    if unknown := set(names) - set(FIELD):
        raise SystemExit(f"--only: no such runner: {', '.join(sorted(unknown))}; there are {', '.join(FIELD)}")
    BUILD.mkdir(parents=True, exist_ok=True)
    found = compare(names, given.repeat, _pythons(names))
    if not given.no_growth:
        found["growth"] = growth()
    (BUILD / "runners.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    shown = parts(found)
    print("\n\n".join(shown.values()))
    if set(names) == set(FIELD) and not given.no_growth:
        PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), shown), encoding="utf-8")


def _pythons(names: Collection[str]) -> dict[str, Path]:
    found = {"ours": Path(sys.executable)}
    if any(FIELD[name].home == "peers" for name in names):
        found["peers"] = peers_python(BUILD)
    return found


def growth() -> dict[str, Any]:
    """Many stages in one run of ours, and a tenth of them; and what the floor needs for as many."""
    with tempfile.TemporaryDirectory(dir=BUILD, prefix="growth-") as work:
        print(f"{_MANY} stages in one run", file=sys.stderr, flush=True)
        found: dict[str, Any] = {str(size): _grown(size, Path(work, str(size))) for size in (_FEWER, _MANY)}
        floor = measured("floor", Path(work, "floor"), Path(sys.executable), [f"fan:{_MANY}"])
    found["floor_seconds"] = floor["runs"][f"fan:{_MANY}"]["seconds"]
    return found


def _grown(size: int, folder: Path) -> dict[str, Any]:
    folder.mkdir()
    command = [sys.executable, "-m", "runners.growth", str(size), str(folder)]
    done = subprocess.run(command, cwd=BENCH, env=environment(folder), check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told
