"""What is due, when, and how long to wait for it."""

from __future__ import annotations

import os
import selectors

from hypothesis import given
from hypothesis import strategies as st

from portable_pipeline.runner.messages import RetryDue
from portable_pipeline.runner.timers import LONGEST_WAIT_SECONDS, Timers


class Clock:
    """Stands still until it is set."""

    def __init__(self, seconds: float = 1e6) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


def test_nothing_is_waited_for_where_nothing_is_due() -> None:
    timers = Timers(Clock())
    assert (timers.left(), list(timers.due())) == (None, [])


def test_events_are_due_once_when_their_time_has_come() -> None:
    clock = Clock()
    timers = Timers(clock)
    for seconds, name in ((30, "late"), (10, "first"), (10, "second"), (0, "now")):
        timers.start(seconds, RetryDue(name))
    seen = []
    for passed in (0, 9, 1, 5, 15, 1):
        clock.seconds += passed
        seen.append(([each.stage for each in timers.due() if isinstance(each, RetryDue)], timers.left()))
    assert seen == [(["now"], 10), ([], 1), (["first", "second"], 20), ([], 15), (["late"], None), ([], None)]


def test_what_is_overdue_is_not_waited_for() -> None:
    clock = Clock()
    timers = Timers(clock)
    timers.start(5, RetryDue("a"))
    clock.seconds += 3600
    assert timers.left() == 0


def test_no_wait_is_longer_than_a_system_can_wait() -> None:
    answers, _ = ends = os.pipe()
    with selectors.DefaultSelector() as selector:
        selector.register(answers, selectors.EVENT_READ)
        os.write(ends[1], b"\0")
        for seconds in (30 * 86_400.0, 1e300, float("inf")):
            timers = Timers(Clock())
            timers.start(seconds, RetryDue("a"))
            assert timers.left() == LONGEST_WAIT_SECONDS
            assert list(timers.due()) == []
            assert selector.select(timers.left())  # raises where that is too long
    for end in ends:
        os.close(end)


@given(st.lists(st.floats(0, 1e6), max_size=20), st.floats(0, 1e9))
def test_whoever_waits_as_long_as_told_misses_nothing_and_never_spins(delays: list[float], began: float) -> None:
    clock = Clock(began)
    timers = Timers(clock)
    for number, seconds in enumerate(delays):
        timers.start(seconds, RetryDue(str(number)))
    seen: list[str] = []
    for _ in range(200):
        seen += [each.stage for each in timers.due() if isinstance(each, RetryDue)]
        left = timers.left()
        if left is None:
            break
        clock.seconds += left
    assert sorted(seen, key=int) == [str(number) for number in range(len(delays))]
    ordered = [delays[int(each)] + began for each in seen]
    assert ordered == sorted(ordered)
