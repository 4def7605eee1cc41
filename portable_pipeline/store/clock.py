"""The time of day as a run writes it down."""

from __future__ import annotations

import time
from collections.abc import Callable


def _passed() -> float:
    """Seconds by a clock that nobody sets; where there is one, it goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class SteadyClock:
    """The time of day when it was made, and from then on what has passed: it follows nobody who sets the clock.

    So what took an hour took an hour, and what came later is later.

    Args:
        of_day: Seconds since the epoch; asked once.
        passed: Seconds since any moment, by a clock that never goes back.

    >>> hours = iter([100.0, 100.5, 101.0])
    >>> clock = SteadyClock(lambda: 1_000_000.0, lambda: next(hours))
    >>> clock(), clock()
    (1000000.5, 1000001.0)
    """

    def __init__(self, of_day: Callable[[], float] = time.time, passed: Callable[[], float] = _passed) -> None:
        self._passed = passed
        self._ahead = of_day() - passed()

    def __call__(self) -> float:
        """Seconds since the epoch."""
        return self._ahead + self._passed()
