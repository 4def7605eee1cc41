"""How long to wait before a retry (R2)."""

from __future__ import annotations

from portable_pipeline.ir import Retry


def wait_seconds(policy: Retry, retry: int, chance: float) -> float:
    """Seconds before the k-th retry: `min(delay * backoff**(k-1), max_delay)`, and what jitter adds to that.

    Args:
        retry: k, from 1.
        chance: From 0 to 1: which part of the jitter is added.

    >>> from datetime import timedelta
    >>> policy = Retry(retries=9, delay=timedelta(seconds=10), backoff=2.0, max_delay=timedelta(seconds=35), jitter=0.5)
    >>> [wait_seconds(policy, retry, 0.0) for retry in (1, 2, 3, 2000)]
    [10.0, 20.0, 35.0, 35.0]
    >>> wait_seconds(policy, 1, 1.0)
    15.0
    """
    cap = float("inf") if policy.max_delay is None else policy.max_delay.total_seconds()
    try:
        grown = policy.delay.total_seconds() * policy.backoff ** (retry - 1)
    except OverflowError:
        grown = float("inf")
    return min(grown, cap) * (1.0 + policy.jitter * chance)
