"""Prefect's delays keep the bounds of R2."""

from __future__ import annotations

import math
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from portable_pipeline.ir import Retry
from ppc_prefect.waits import waits

RETRIES = st.builds(
    Retry,
    retries=st.integers(1, 80),
    delay=st.timedeltas(timedelta(milliseconds=100), timedelta(hours=1)),
    backoff=st.floats(1.0, 1.5),
    max_delay=st.none() | st.timedeltas(timedelta(seconds=1), timedelta(hours=2)),
    jitter=st.floats(0.0, 1.0),
)


def drawn_between(delay: float, factor: float) -> tuple[float, float]:
    """What Prefect's `clamped_poisson_interval` draws from; see `prefect.utilities.math`."""
    if not factor:
        return delay, delay
    k = 1 + factor
    return delay * math.log2(max(2**k / (2**k - 1), 1e-10)), delay * k


def wanted(retry: Retry, k: int) -> float:
    cap = math.inf if retry.max_delay is None else retry.max_delay.total_seconds()
    return min(retry.delay.total_seconds() * retry.backoff**k, cap)


@given(RETRIES)
def test_no_wait_is_shorter_than_asked_for(retry):
    found = waits(retry)
    for k in range(retry.retries):
        # As Prefect does: the last delay stands for the retries beyond the list.
        delay = found.delays_seconds[min(k, len(found.delays_seconds) - 1)]
        assert drawn_between(delay, found.jitter_factor)[0] >= wanted(retry, k) * (1 - 1e-9)


@given(RETRIES)
def test_jitter_adds_no_more_than_asked_for(retry):
    found = waits(retry)
    for k in range(min(retry.retries, 49)):
        delay = found.delays_seconds[min(k, len(found.delays_seconds) - 1)]
        assert drawn_between(delay, found.jitter_factor)[1] <= wanted(retry, k) * (1 + retry.jitter) + 0.003


@given(RETRIES)
def test_the_list_is_no_longer_than_prefect_takes(retry):
    assert len(waits(retry).delays_seconds) <= 50


def test_equal_waits_are_one_delay():
    assert waits(Retry(retries=4, delay=timedelta(seconds=60))).delays_seconds == (60,)


def test_no_delay_is_none():
    found = waits(Retry(retries=4, jitter=0.5))
    assert (found.delays_seconds, found.jitter_factor) == ((), 0.0)
