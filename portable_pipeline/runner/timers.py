"""What is to happen later in a run, by a clock that is given: hours may pass in no time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from itertools import count

from portable_pipeline.runner.messages import Event

#: No wait is longer, whatever it is for: the system refuses to sleep for more than 24 days (2**31 milliseconds).
LONGEST_WAIT_SECONDS = 86_400.0


class Timers:
    """Events that are due one day, in that order; of those due at once the one that was started first.

    Args:
        now: Seconds by a clock that never goes back: it does not know the time of day.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._line: list[tuple[float, int, Event]] = []
        self._numbers = count()

    def start(self, seconds: float, event: Event) -> None:
        """Have an event after so many seconds."""
        heapq.heappush(self._line, (self._now() + seconds, next(self._numbers), event))

    def left(self) -> float | None:
        """How long to wait until it is worth while to ask again, in seconds; None if there is nothing to wait for."""
        if not self._line:
            return None
        return min(max(self._line[0][0] - self._now(), 0.0), LONGEST_WAIT_SECONDS)

    def due(self) -> Iterator[Event]:
        """The events whose time has come, each once."""
        while self._line and self._line[0][0] <= self._now():
            yield heapq.heappop(self._line)[2]
