"""Many stages in one run of ours: `python -m runners.growth SIZE FOLDER` prints what each thousand of them took."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from portable_pipeline.capture import load
from portable_pipeline.outcome import RunOutcome
from portable_pipeline.runner import RunBegan, StageChanged, run_locally
from runners.ours import write_pipeline
from runners.processor import processor_seconds

EVERY = 1000
_STATM = Path("/proc/self/statm")


class Curve:
    """Notes time and memory of this process, the runner, each time so many stages have succeeded."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._succeeded = 0
        self.largest_mb = 0.0
        self.points: list[dict[str, float | None]] = []

    def began(self, _: RunBegan) -> None:
        """Note how it is at the beginning."""
        self._note()

    def changed(self, change: StageChanged) -> None:
        """Count."""
        if change.state == "success":
            self._succeeded += 1
            if self._succeeded % EVERY == 0:
                self._note()

    def ended(self, _: RunOutcome | None) -> None:
        """Note how it is at the end, the processes ended."""
        self._note()

    def _note(self) -> None:
        seconds = time.perf_counter() - self._began
        point = {"stages": self._succeeded, "seconds": seconds, "resident_mb": resident_mb()}
        self.points.append({**point, "processor_seconds": processor_seconds()})
        self.largest_mb = max([self.largest_mb, *map(peak_of, descendants(os.getpid()))])


def main(size: str, folder: str) -> None:
    """A fan of so many, and its join."""
    curve = Curve()
    pipeline = load(str(write_pipeline(Path(folder), "fan", int(size)))).pipeline
    outcome = run_locally(pipeline, project=Path(folder, ".ppc"), observer=curve)
    if outcome.stages[-1].result != int(size):
        raise SystemExit(str(outcome.error))
    peaks = {"runner": peak_mb(), "largest_of_the_others": curve.largest_mb}
    print(json.dumps({"curve": curve.points, "peak_mb": peaks}))


def peak_mb() -> float:
    """The most that was ever resident of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def descendants(process: int) -> Iterator[int]:
    """The processes that it has started, and those that they have; none where the system does not tell."""
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, _told(children).split()):
            yield child
            yield from descendants(child)


def peak_of(process: int) -> float:
    """The most that was ever resident of it, in MB, since it is the program that it is; 0 if it has ended."""
    told = _told(Path(f"/proc/{process}/status")).partition("VmHWM:")[2].split()
    return int(told[0]) / (1 << 10) if told else 0.0


def _told(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:  # the process has ended
        return ""


def resident_mb() -> float:
    """What is resident now; the peak, where the system does not tell."""
    if not _STATM.exists():
        return peak_mb()
    return int(_STATM.read_text(encoding="ascii").split()[1]) * resource.getpagesize() / (1 << 20)


if __name__ == "__main__":
    main(*sys.argv[1:])
