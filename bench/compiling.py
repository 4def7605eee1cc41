"""How compiling grows with the pipeline, how much memory it takes, how fast the command line starts.

Every figure is taken in a process of its own, so that none profits from what another has imported; times are the
fastest of a few tries, in seconds. The table goes to stdout, the figures to build/bench/compile.json.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from synthetic import pipeline_file

from portable_pipeline.backend import backends

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent / "examples" / "diagnosis" / "pipeline.py"
SIZES = (10, 100, 1000)
TRIES = 3

#: Where bytecode is not written, every start is a first start.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        figures = {"start_up": start_up(), "example": example(Path(folder)), "growth": growth(Path(folder))}
    print(table(figures))
    out = HERE.parent / "build" / "bench" / "compile.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def start_up() -> dict[str, float]:
    """Seconds from the shell to the end of a command."""
    ppc = str(Path(sys.executable).with_name("ppc"))
    commands = {
        'python -c "import click"': [sys.executable, "-c", "import click"],
        "ppc --help": [ppc, "--help"],
        "ppc check examples/diagnosis/pipeline.py": [ppc, "check", str(EXAMPLE)],
        "ppc targets": [ppc, "targets"],
    }
    return {name: fastest(partial(spawn, command)) for name, command in commands.items()}


def example(folder: Path) -> dict[str, float]:
    """The seven stages for all targets in one process: seconds, start-up included and not."""
    compiled = [compile_once(EXAMPLE, sorted(backends()), folder / "example") for _ in range(TRIES)]
    return min(compiled, key=lambda each: each["seconds"])


def growth(folder: Path) -> dict[str, dict[int, dict[str, float]]]:
    """For each target and size: seconds of capture, validation and compilation, and the peak of memory."""
    files = {size: pipeline_file(folder / f"stages_{size}.py", size) for size in SIZES}
    return {
        target: {
            size: min(
                (compile_once(file, [target], folder / "out") for _ in range(TRIES)), key=lambda each: each["seconds"]
            )
            for size, file in files.items()
        }
        for target in sorted(backends())
    }


def compile_once(file: Path, targets: Sequence[str], out: Path) -> dict[str, float]:
    """One compilation, told by `compile_once.py`."""
    command = [sys.executable, str(HERE / "compile_once.py"), str(file), str(out), *targets]
    done = subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def spawn(command: Sequence[str]) -> None:
    """Run a command to its end."""
    subprocess.run(command, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def fastest(work: Callable[[], None]) -> float:
    """Seconds of the fastest of a few calls; the first only warms up."""
    work()
    taken = []
    for _ in range(TRIES * 2):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def table(figures: dict[str, Any]) -> str:
    """What was measured, for people."""
    lines = ["start-up                                            s"]
    lines += [f"  {name:<46} {seconds:6.3f}" for name, seconds in figures["start_up"].items()]
    seen = figures["example"]
    lines += ["", "the example for all targets, in one process         s"]
    lines += [f"  work {seen['seconds']:>48.3f}", f"  with start-up {seen['process_seconds']:>39.3f}"]
    lines += ["", f"{'stages':>24}" + "".join(f"{size:>16}" for size in SIZES)]
    for target, by_size in figures["growth"].items():
        cells = [f"{each['seconds']:8.2f} s {each['peak_mb']:3.0f} MB" for each in by_size.values()]
        lines.append(f"  {target:<22}" + "".join(f"{cell:>16}" for cell in cells))
    return "\n".join(lines)
