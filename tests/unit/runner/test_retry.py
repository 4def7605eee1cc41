"""R2: waits before retries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portable_pipeline.ir import Retry
from portable_pipeline.runner.retry import wait_seconds


@pytest.mark.parametrize(
    ("backoff", "max_delay", "waits"),
    [
        (1.0, None, [10.0, 10.0, 10.0]),
        (3.0, None, [10.0, 30.0, 90.0]),
        (3.0, 50, [10.0, 30.0, 50.0]),
        (3.0, 5, [5.0, 5.0, 5.0]),
        (0.5, None, [10.0, 5.0, 2.5]),
    ],
)
def test_waits_without_jitter(backoff: float, max_delay: int | None, waits: list[float]) -> None:
    cap = None if max_delay is None else timedelta(seconds=max_delay)
    policy = Retry(retries=3, delay=timedelta(seconds=10), backoff=backoff, max_delay=cap)
    assert [wait_seconds(policy, retry, 0.7) for retry in (1, 2, 3)] == waits


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 5000))
def test_jitter_only_adds_and_never_more_than_its_part(jitter: float, chance: float, retry: int) -> None:
    policy = Retry(retries=9, delay=timedelta(seconds=2), backoff=2.0, max_delay=timedelta(minutes=1), jitter=jitter)
    least = wait_seconds(policy, retry, 0.0)
    assert least == min(2.0**retry, 60.0) if retry < 1000 else least == 60.0
    assert least <= wait_seconds(policy, retry, chance) <= least * (1 + jitter)
