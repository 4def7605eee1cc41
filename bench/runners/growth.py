"""Many stages in one run of ours: `python -m runners.growth SIZE FOLDER` prints what each thousand of them took."""

from __future__ import annotations

import json
import resource
import sys
import time
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


def main(size: str, folder: str) -> None:
    """A fan of so many, and its join."""
    curve = Curve()
    pipeline = load(str(write_pipeline(Path(folder), "fan", int(size)))).pipeline
    outcome = run_locally(pipeline, project=Path(folder, ".ppc"), observer=curve)
    if outcome.stages[-1].result != int(size):
        raise SystemExit(str(outcome.error))
    peaks = {
        "runner": peak_mb(resource.RUSAGE_SELF),
        "largest_of_the_others": peak_mb(resource.RUSAGE_CHILDREN),
    }
    print(json.dumps({"curve": curve.points, "peak_mb": peaks}))


def peak_mb(who: int) -> float:
    """The most that was ever resident."""
    return resource.getrusage(who).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def resident_mb() -> float:
    """What is resident now; the peak, where the system does not tell."""
    if not _STATM.exists():
        return peak_mb(resource.RUSAGE_SELF)
    return int(_STATM.read_text(encoding="ascii").split()[1]) * resource.getpagesize() / (1 << 20)


if __name__ == "__main__":
    main(*sys.argv[1:])
