"""What a run really did: what the engine says of it, and what its stages noted down themselves."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portable_pipeline.outcome import RunOutcome, StageOutcome

POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Event:
    """A line that a stage appended to the event log.

    Args:
        moment: "start" once for each attempt, other words as the case likes.
        pid: Of the attempt's process.
        monotonic: When, on the clock that all processes of this machine share.
        seen: Values as `recording.described` writes them.
    """

    stage: str
    moment: str
    pid: int
    monotonic: float
    seen: dict[str, Any]


@dataclass
class Observed:
    """A finished run.

    Args:
        gone: For each process that an event named under `pids`, when it had ended.
    """

    outcome: RunOutcome
    events: list[Event]
    gone: dict[int, float] = field(default_factory=dict)

    @property
    def state(self) -> str:
        return self.outcome.state

    @property
    def states(self) -> dict[str, str]:
        return {stage.id: stage.state for stage in self.outcome.stages}

    @property
    def attempts(self) -> dict[str, int]:
        """Attempts that started, as the engine counts them."""
        return {stage.id: stage.attempts for stage in self.outcome.stages}

    @property
    def results(self) -> dict[str, Any]:
        return {stage.id: stage.result for stage in self.outcome.stages if stage.has_result}

    def stage(self, id: str) -> StageOutcome:
        found = [stage for stage in self.outcome.stages if stage.id == id]
        assert len(found) == 1, f"{id}: {len(found)} times in {self.states}"
        return found[0]

    def started(self, stage: str) -> list[Event]:
        """The attempts that the stage noted down, in order."""
        return self.noted(stage, "start")

    def noted(self, stage: str, moment: str) -> list[Event]:
        return [event for event in self.events if (event.stage, event.moment) == (stage, moment)]

    def the(self, stage: str, moment: str = "start") -> Event:
        """The one event of that kind."""
        found = self.noted(stage, moment)
        assert len(found) == 1, f"{stage} noted {moment!r} {len(found)} times; states {self.states}, {self.errors}"
        return found[0]

    def seen(self, stage: str, moment: str = "start") -> dict[str, Any]:
        return self.the(stage, moment).seen

    @property
    def errors(self) -> dict[str, str]:
        """What went wrong, for messages of failed assertions."""
        named = {stage.id: stage.error for stage in self.outcome.stages if stage.error}
        return {**({"run": self.outcome.error} if self.outcome.error else {}), **named}

    def ended(self, pid: int) -> float:
        """When a process that an event named under `pids` was seen to have ended."""
        assert pid in self.gone, f"process {pid} outlived the run; alive now: {alive(pid)}"
        return self.gone[pid]

    def counts_disagree(self) -> dict[str, tuple[int, int]]:
        """Stages of which the engine tells another number of attempts than the stage itself noted."""
        noted = {id: len(self.started(id)) for id in {event.stage for event in self.events} & self.attempts.keys()}
        return {id: (self.attempts[id], count) for id, count in noted.items() if self.attempts[id] != count}


def read_events(log: Path) -> list[Event]:
    """The events noted so far."""
    if not log.exists():
        return []
    # An attempt that is being killed may leave its last line unfinished only if the machine stops: one write each.
    return [Event(**json.loads(line)) for line in log.read_text(encoding="utf-8").splitlines()]


@contextmanager
def watching(log: Path) -> Iterator[dict[int, float]]:
    """Watch the processes that events name under `pids`; gives when each was first seen to be gone."""
    gone: dict[int, float] = {}
    stop = threading.Event()

    def look() -> None:
        for pid in _named_pids(log) - gone.keys():
            if not alive(pid):
                gone[pid] = time.monotonic()

    def watch() -> None:
        while not stop.wait(POLL_SECONDS):
            look()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield gone
    finally:
        stop.set()
        watcher.join()
        look()


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return fields[0] not in "ZX"


def _named_pids(log: Path) -> set[int]:
    named = (event.seen["pids"] for event in read_events(log) if "pids" in event.seen)
    # Described as ["list", [["int", "123"], ...]].
    return {int(pid) for _, pids in named for _, pid in pids}
