"""From instants to places on the axis of time. Pauses between the sessions of a run are drawn short."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from portable_pipeline.report.records import Records
from portable_pipeline.report.wording import took

#: Of the axis, in percent: a pause, and all pauses together at most.
_PAUSE, _ALL_PAUSES = 4.0, 30.0
_TICKS = 4
_STEPS = (
    *(number * unit for unit in (1e-3, 1e-2, 1e-1, 1.0, 10.0) for number in (1, 2, 5)),
    *(60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0, 43200.0, 86400.0),
)


@dataclass(frozen=True, slots=True)
class Session:
    """A stretch of time in which a process worked on the run; seconds since the epoch."""

    began: float
    ended: float

    @property
    def seconds(self) -> float:
        """How long it is; never nothing."""
        return max(self.ended - self.began, 1e-3)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the axis.

    Args:
        at: In percent.
        anchor: Which part of the label stands there: `start`, `middle` or `end`.
        session: Whether a session begins here, other than the first.
    """

    at: float
    label: str
    anchor: str
    session: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """The axis of time, from 0 to 100 percent."""

    sessions: tuple[Session, ...]

    @property
    def seconds(self) -> float:
        """How long all sessions are together."""
        return sum(each.seconds for each in self.sessions)

    def at(self, instant: float) -> float:
        """The place of an instant, in percent."""
        index = max(bisect_right([each.began for each in self.sessions], instant) - 1, 0)
        session = self.sessions[index]
        within = min(max(instant - session.began, 0.0), session.seconds)
        return self._start(index) + within * self._unit

    def session(self, number: int) -> Session:
        """The session of that number, from 1."""
        return self.sessions[min(max(number, 1), len(self.sessions)) - 1]

    def ticks(self) -> Iterator[Tick]:
        """Some round durations since each session began."""
        step = next((each for each in _STEPS if each * _TICKS >= self.seconds), math.inf)
        step = step if step < math.inf else 86400.0 * math.ceil(self.seconds / 86400.0 / _TICKS)
        for index, session in enumerate(self.sessions):
            start = self._start(index)
            yield Tick(start, "0" if index == 0 else f"session {index + 1}", "start", session=index > 0)
            # A label at the very end would stand in that of what follows.
            for number in range(1, math.floor(session.seconds / step) + 1):
                at = start + number * step * self._unit
                if index == 0 or at - start > 12:
                    yield Tick(at, took(number * step), "end" if at > 94 else "middle")

    @property
    def _pause(self) -> float:
        pauses = len(self.sessions) - 1
        return min(_PAUSE, _ALL_PAUSES / pauses) if pauses else 0.0

    @property
    def _unit(self) -> float:
        return (100.0 - self._pause * (len(self.sessions) - 1)) / self.seconds

    def _start(self, index: int) -> float:
        return sum(each.seconds for each in self.sessions[:index]) * self._unit + index * self._pause


def scale_of(records: Records) -> Scale:
    """The axis of a run."""
    sessions: list[Session] = []
    for each in records.events:
        if each.kind in ("run_began", "run_resumed") or not sessions:
            sessions.append(Session(each.at, each.at))
        else:
            sessions[-1] = Session(sessions[-1].began, max(sessions[-1].ended, each.at))
    if not sessions:
        sessions.append(Session(records.run.created, records.run.created))
    if records.run.state == "running":
        sessions[-1] = Session(sessions[-1].began, max(sessions[-1].ended, records.now))
    # The clock may have been put back between two sessions, or within one.
    found = sessions[:1]
    for later in sessions[1:]:
        began = max(later.began, found[-1].ended)
        found.append(Session(began, max(later.ended, began)))
    return Scale(tuple(found))
