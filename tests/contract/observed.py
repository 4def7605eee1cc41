"""What a run really did: what the engine says of it, and what its stages noted down themselves."""

from __future__ import annotations

import ast
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portable_pipeline.instances import split_id
from portable_pipeline.outcome import RunOutcome, StageOutcome

POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Event:
    """A line that a stage appended to the event log.

    Args:
        stage: Who: a stage's id; `train[b]` where a stage of a loop tells its items apart; `on_exit` and the like.
        moment: "start" once for each attempt, "called" of a hook, other words as the case likes.
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

    @property
    def degraded(self) -> bool:
        return self.outcome.degraded

    @property
    def hook_errors(self) -> tuple[str, ...]:
        return self.outcome.hook_errors

    def instances(self, stage: str) -> dict[str, str]:
        """The states of a stage of a loop, by id, in the order of the items."""
        return {id: state for id, state in self.states.items() if split_id(id)[0] == stage}

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

    def called(self, hook: str) -> list[dict[str, Any]]:
        """What a hook was told each time, in order: the fields of the events."""
        return [plain(event.seen["event"]) for event in self.noted(hook, "called")]

    def told(self, hook: str) -> dict[str, Any]:
        """What the hook was told the one time that it was called."""
        (event,) = self.called(hook)
        return event

    @property
    def calls(self) -> list[str]:
        """Which hooks were called, in order."""
        return [event.stage for event in self.events if event.moment == "called"]

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
        """Stages of which the engine tells another number of attempts than they noted themselves, items together."""
        told: dict[str, int] = {}
        for id, attempts in self.attempts.items():
            told[split_id(id)[0]] = told.get(split_id(id)[0], 0) + attempts
        starts = [event.stage.partition("[")[0] for event in self.events if event.moment == "start"]
        noted = {stage: starts.count(stage) for stage in {*starts} & told.keys()}
        return {stage: (told[stage], count) for stage, count in noted.items() if told[stage] != count}


def plain(described: Any) -> Any:
    """The value of which `recording.described` made this, a record as a dict; plain values and records only."""
    kind, *rest = described
    if kind in ("int", "float", "str", "bool", "NoneType"):
        return ast.literal_eval(rest[0])
    if kind in ("list", "tuple"):
        return [plain(each) for each in rest[0]]
    if kind == "dict":
        return {plain(key): plain(value) for key, value in rest[0]}
    return {name: plain(value) for name, value in rest[0].items()}


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
