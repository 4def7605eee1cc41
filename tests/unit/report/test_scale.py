from __future__ import annotations

from itertools import pairwise

import pytest

from portable_pipeline.report.scale import Scale, Session


def test_the_axis_goes_from_end_to_end() -> None:
    scale = Scale((Session(100.0, 110.0),))
    assert [scale.at(instant) for instant in (90.0, 100.0, 105.0, 110.0, 120.0)] == [0.0, 0.0, 50.0, 100.0, 100.0]


def test_a_pause_between_sessions_is_short() -> None:
    scale = Scale((Session(0.0, 10.0), Session(86_400.0, 86_410.0)))
    assert scale.at(10.0) == pytest.approx(48.0)
    assert scale.at(86_400.0) == pytest.approx(52.0)
    assert scale.at(50_000.0) == pytest.approx(48.0)
    assert [each.label for each in scale.ticks() if each.session] == ["session 2"]


@pytest.mark.parametrize("seconds", [0.0, 1e-6, 0.004, 0.3, 1.0, 59.0, 61.0, 4000.0, 90_000.0, 9e6])
@pytest.mark.parametrize("sessions", [1, 2, 40])
def test_marks_are_few_and_apart(seconds: float, sessions: int) -> None:
    scale = Scale(tuple(Session(index * 1e8, index * 1e8 + seconds) for index in range(sessions)))
    ticks = list(scale.ticks())
    assert all(0.0 <= each.at <= 100.0 for each in ticks)
    assert len(ticks) <= 6 + sessions
    if sessions == 1:
        assert all(later.at - earlier.at > 8 for earlier, later in pairwise(ticks))
