"""Runs under a virtual clock: hours of waits and attempts in milliseconds.

The loop, the machine, the line of attempts, the timers and the journal are the real ones. What they are given is
scripted: the time, chance, what attempts do and how long that takes, and what happens to the run meanwhile. Nothing
sleeps, nothing is started; if nothing is going to happen any more, the test fails rather than to wait.
"""

from __future__ import annotations

import heapq
import math
import os
import signal
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import partial
from itertools import count, pairwise
from typing import Any

from portable_pipeline.ir import Pipeline
from portable_pipeline.outcome import RunOutcome
from portable_pipeline.runner.bindings import Bindings, RunValues
from portable_pipeline.runner.loop import RunLoop
from portable_pipeline.runner.messages import StageKept
from portable_pipeline.runner.observer import Observer, Silent
from portable_pipeline.runner.resuming import kept_stages
from portable_pipeline.store import Journal, Project, RunRecord
from portable_pipeline.store.clock import SteadyClock

SECOND, MINUTE, HOUR, DAY = 1.0, 60.0, 3600.0, 86_400.0
MOMENT = datetime(2026, 1, 5, 2, tzinfo=timezone.utc)
#: What a system takes at most as a time to wait: 2**31 milliseconds.
_LONGEST_SELECT_SECONDS = 2**31 / 1000


class PowerCut(BaseException):
    """The process is gone, in the middle of whatever it does."""


@dataclass(frozen=True)
class Does:
    """What an attempt does.

    Args:
        seconds: How long that takes.
        says: What its server answers then.
        dies_within: How long it takes to end when it is told to.
    """

    seconds: float = MINUTE
    says: Mapping[str, Any] = field(default_factory=lambda: {"exit": 0, "values": {"result": None}, "references": {}})
    dies_within: float = SECOND


def good(seconds: float = MINUTE, result: object = None) -> Does:
    return Does(seconds, {"exit": 0, "values": {"result": result}, "references": {}})


def bad(seconds: float = MINUTE, *, abort: bool = False) -> Does:
    return Does(seconds, {"exit": 0, "failure": {"abort": abort, "error": "broken", "traceback": ""}})


def dies(seconds: float = MINUTE) -> Does:
    return Does(seconds, {"signal": signal.SIGKILL.value})


@dataclass(frozen=True)
class Span:
    """An attempt or the call of a hook; `number` counts the attempts of this session from 1."""

    name: str
    number: int
    began: float
    ended: float = math.inf
    how: str = "running"


@dataclass(order=True)
class _End:
    at: float
    number: int
    name: str = field(compare=False)
    says: Mapping[str, Any] = field(compare=False)
    dies_within: float = field(compare=False)


class World:
    """Time, and the processes of a run.

    Args:
        script: What an attempt or a hook does, by its name and its number in this session, from 1.
        meanwhile: What happens to the run, and after how many seconds.
        chance: What jitter is told, again and again.
        began: The seconds of the clock; nobody may rely on where they begin.
    """

    def __init__(
        self,
        script: Callable[[str, int], Does],
        meanwhile: Sequence[tuple[float, Callable[[], None]]] = (),
        *,
        chance: float = 0.0,
        began: float = 98_765.0,
    ) -> None:
        self.began = self.clock = began
        self.spans: dict[tuple[str, int], Span] = {}
        #: What began and ended, in order; of what happens at one moment as well.
        self.order: list[tuple[str, str, int]] = []
        self._script = script
        self._chance = chance
        self._meanwhile = [(began + seconds, number, act) for number, (seconds, act) in enumerate(meanwhile)]
        heapq.heapify(self._meanwhile)
        self._line: list[_End] = []
        self._numbers = count()
        self._jumped = 0.0

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return self.clock - self.began

    def now(self) -> float:
        """The clock that never goes back."""
        return self.clock

    def wall(self) -> float:
        """That on the wall."""
        return MOMENT.timestamp() + self.seconds + self._jumped

    def chance(self) -> float:
        """The same again and again."""
        return self._chance

    def jump(self, seconds: float) -> None:
        """Somebody sets the clock on the wall."""
        self._jumped += seconds

    # ---- what a run needs of processes

    def start(self, name: str, job: Mapping[str, Any]) -> None:
        assert all(each.name != name for each in self._line), "no two attempts of a stage at once (R1)"
        number = sum(each == name for each, _ in self.spans) + 1
        does = self._script(name, number)
        seconds, says = does.seconds, does.says
        if job["timeout"] is not None and job["timeout"] < seconds:
            seconds, says = job["timeout"], {"stopped": "timeout", "signal": signal.SIGKILL.value}
        end = _End(self.clock + seconds, next(self._numbers), name, says, does.dies_within)
        heapq.heappush(self._line, end)
        self.spans[name, number] = Span(name, number, self.seconds)
        self.order.append(("began", name, number))

    def kill(self, name: str) -> None:
        (end,) = (each for each in self._line if each.name == name)
        if self.clock + end.dies_within < end.at:
            end.at, end.says = self.clock + end.dies_within, {"stopped": "killed", "signal": signal.SIGKILL.value}
            heapq.heapify(self._line)

    def watch(self, descriptor: int) -> None:
        os.fstat(descriptor)  # it is one

    def answers(self, seconds: float | None) -> dict[str, dict[str, Any]]:
        assert seconds is None or 0 <= seconds <= _LONGEST_SELECT_SECONDS
        until = math.inf if seconds is None else self.clock + seconds
        following = min([until, *(each.at for each in self._line[:1]), *(at for at, _, _ in self._meanwhile[:1])])
        assert following < math.inf, "the run waits for something that will never happen"
        self.clock = following
        while self._meanwhile and self._meanwhile[0][0] <= self.clock:
            heapq.heappop(self._meanwhile)[2]()
        found = {}
        while self._line and self._line[0].at <= self.clock:
            end = heapq.heappop(self._line)
            found[end.name] = dict(end.says)
            number = sum(each == end.name for each, _ in self.spans)
            span = self.spans[end.name, number]
            self.spans[end.name, number] = Span(end.name, number, span.began, self.seconds, _how(end.says))
            self.order.append(("ended", end.name, number))
        return found

    def end(self) -> None:
        self._line.clear()

    # ---- what came of it

    def of(self, name: str) -> list[Span]:
        """The attempts of a stage, or the calls of a hook."""
        return [span for (each, _), span in self.spans.items() if each == name]

    def began_at(self, name: str) -> list[float]:
        """Seconds from the beginning of the run."""
        return [each.began for each in self.of(name)]

    def waits(self, name: str) -> list[float]:
        """Seconds between the attempts of a stage."""
        spans = self.of(name)
        return [later.began - earlier.ended for earlier, later in pairwise(spans)]

    def most_at_once(self, names: Collection[str] | None = None) -> int:
        """How many of these were under way at most; what ends when another begins is not."""
        spans = [each for each in self.spans.values() if names is None or each.name in names]
        changes = sorted(
            [(each.began, 1) for each in spans] + [(each.ended, -1) for each in spans if each.ended < math.inf]
        )
        most = under_way = 0
        for _, change in changes:
            under_way += change
            most = max(most, under_way)
        return most


def _how(says: Mapping[str, Any]) -> str:
    if "stopped" in says:
        return str(says["stopped"])
    return "success" if "values" in says else "abort" if says.get("failure", {}).get("abort") else "failure"


def ctrl_c() -> None:
    """Somebody presses Ctrl-C."""
    signal.raise_signal(signal.SIGINT)


def terminated() -> None:
    """Somebody wants the run to end: `ppc cancel`."""
    signal.raise_signal(signal.SIGTERM)


def power_cut() -> None:
    """The process is gone."""
    raise PowerCut


def run(
    pipeline: Pipeline,
    world: World,
    project: Project,
    *,
    id: str = "run",
    room: int = 100,
    values: RunValues | None = None,
    observer: Observer | None = None,
) -> RunOutcome:
    """Run a pipeline in that world, to the end."""
    record = RunRecord(id, pipeline.name, pipeline.source, {}, MOMENT.isoformat(), "running", world.wall())
    begin = partial(Journal.begin, project, record, pipeline, clock=SteadyClock(world.wall, world.now))
    return _run(pipeline, world, project, id, begin, {}, room, values, observer)


def resume(
    pipeline: Pipeline,
    world: World,
    project: Project,
    *,
    id: str = "run",
    room: int = 100,
    values: RunValues | None = None,
    observer: Observer | None = None,
) -> RunOutcome:
    """Go on with a run in another world."""
    record = project.run(id)
    kept = kept_stages(project, record, pipeline)
    begin = partial(Journal.resume, project, record, pipeline, kept, clock=SteadyClock(world.wall, world.now))
    return _run(pipeline, world, project, id, begin, kept, room, values, observer)


def _run(
    pipeline: Pipeline,
    world: World,
    project: Project,
    id: str,
    begin: Callable[[], Journal],
    kept: Mapping[str, StageKept],
    room: int,
    values: RunValues | None,
    observer: Observer | None,
) -> RunOutcome:
    project.database.execute("PRAGMA synchronous = OFF")  # durability is not what is tested
    journal = begin()
    try:
        return RunLoop(
            pipeline,
            values or RunValues(pipeline, Bindings({}, MOMENT)),
            run_id=id,
            project=project,
            journal=journal,
            kept=kept,
            fresh=(),
            servers=world,
            python=None,
            room=room,
            observer=observer or Silent(),
            now=world.now,
            chance=world.chance,
        ).run()
    finally:
        journal.close()
