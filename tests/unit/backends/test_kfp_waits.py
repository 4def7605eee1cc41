"""Waits between attempts: never shorter than asked for, and the shortest of those."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from portable_pipeline.ir import Retry
from ppc_kfp.plan import Retries
from ppc_kfp.waits import jitter_seconds, retries, waits


def policy(count: int, delay: float, backoff: float = 1.0, cap: float | None = None, jitter: float = 0.0) -> Retry:
    limit = None if cap is None else timedelta(seconds=cap)
    return Retry(retries=count, delay=timedelta(seconds=delay), backoff=backoff, max_delay=limit, jitter=jitter)


def test_what_kfp_can_do_it_does_exactly() -> None:
    assert retries(policy(0, 60)) is None
    assert retries(policy(3, 60, 2.0)) == Retries(3, 60, 2)
    assert retries(policy(4, 30, 2.0, 300)) == Retries(4, 30, 2)
    assert retries(policy(2, 0)) == Retries(2, 0, 1)


def test_a_cap_makes_the_waits_even_rather_than_endless() -> None:
    assert retries(policy(10, 60, 2.0, 600)) == Retries(10, 600, 1)


def test_fractions_are_rounded_up() -> None:
    assert retries(policy(1, 0.2)) == Retries(1, 1, 1)
    assert retries(policy(2, 10, 1.5)) == Retries(2, 15, 1)


@given(
    st.integers(1, 8),
    st.floats(0, 1000),
    st.floats(1, 6),
    st.none() | st.floats(0, 2000),
)
def test_no_wait_is_shorter_than_asked_for(count: int, delay: float, backoff: float, cap: float | None) -> None:
    asked = policy(count, delay, backoff, cap)
    found = retries(asked)
    assert found is not None
    # Durations are whole microseconds, and powers of floats inexact.
    assert all(found.delay_seconds * found.factor**k >= wait * (1 - 1e-9) for k, wait in enumerate(waits(asked)))


def test_jitter_is_a_share_of_each_wait() -> None:
    assert jitter_seconds(policy(3, 10, 2.0, 30, jitter=0.5)) == (5.0, 10.0, 15.0)
    assert jitter_seconds(policy(3, 10)) == ()
