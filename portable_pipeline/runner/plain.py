"""A run as lines of text: for logs, pipes and continuous integration."""

from __future__ import annotations

import time
from typing import TextIO

from portable_pipeline.outcome import RunOutcome
from portable_pipeline.runner.observer import RunBegan, StageChanged
from portable_pipeline.runner.states import ENDED

_LONGEST_ERROR = 500


class PlainLines:
    """Prints a line for each thing that happens, with the seconds since the run began.

    Args:
        stream: Takes the lines.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._began = time.monotonic()

    def began(self, run: RunBegan) -> None:
        """Say what runs, and where its logs are."""
        self._began = time.monotonic()
        stages = "1 stage" if len(run.stages) == 1 else f"{len(run.stages)} stages"
        self._print(f"{run.pipeline}: {stages}, logs in {run.folder}")

    def changed(self, change: StageChanged) -> None:
        """Say what a stage does now."""
        if change.state != "queued":  # it is, between a wait and the attempt that follows
            spent = f" ({change.seconds:.1f}s)" if change.state in ENDED and change.seconds is not None else ""
            self._print(f"{time.monotonic() - self._began:7.1f}s  {change.stage}: {described(change)}{spent}")

    def ended(self, outcome: RunOutcome | None) -> None:
        """Say nothing: the table that follows says it all."""

    def _print(self, line: str) -> None:
        print(line, file=self._stream, flush=True)


def shortened(error: str) -> str:
    """The first line of an error, as much of it as one would read."""
    line = error.lstrip().partition("\n")[0].rstrip()
    return line if len(line) <= _LONGEST_ERROR else f"{line[: _LONGEST_ERROR - 3]}..."


def described(change: StageChanged) -> str:
    """A state and what is worth knowing about it, in one line."""
    error = f": {shortened(change.error)}" if change.error else ""
    if change.state == "running":
        return f"running, attempt {change.attempt} of {change.attempts}" if change.attempt > 1 else "running"
    if change.state == "up_for_retry":
        wait = f"next attempt in {change.retry_seconds or 0.0:.1f}s"
        return f"attempt {change.attempt} of {change.attempts} failed, {wait}{error}"
    if change.cached is not None:
        return f"{change.state}, cached from run {change.cached.run}"
    return change.state.replace("_", " ") + error
