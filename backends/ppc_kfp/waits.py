"""Timeouts, and the waits between attempts, in the form that KFP has for them."""

from __future__ import annotations

from datetime import timedelta
from math import ceil, inf

from portable_pipeline.ir import HOOK_TIMEOUT, Hook, Retry
from ppc_kfp.plan import Retries


def retries(policy: Retry) -> Retries | None:
    """The shortest waits that KFP can do and that are nowhere shorter than those asked for (R2).

    KFP waits `delay * factor**k`, in whole seconds, and has no cap: its `backoff_max_duration` is, to Argo, the time
    after which retrying ends altogether. Argo reads the factor as an integer.
    """
    if not policy.retries:
        return None
    asked = waits(policy)
    candidates = (Retries(policy.retries, _delay(asked, factor), factor) for factor in _factors(policy))
    return min(candidates, key=lambda each: (_total(each), each.factor))


def waits(policy: Retry) -> tuple[float, ...]:
    """The waits in seconds that the pipeline asks for."""
    delay = policy.delay.total_seconds()
    cap = inf if policy.max_delay is None else policy.max_delay.total_seconds()
    return tuple(min(delay * policy.backoff**k, cap) for k in range(policy.retries))


def jitter_seconds(policy: Retry) -> tuple[float, ...]:
    """How much is added to each wait at most; empty when the policy has no jitter."""
    return tuple(policy.jitter * wait for wait in waits(policy)) if policy.jitter else ()


def _factors(policy: Retry) -> range:
    return range(1, max(1, ceil(policy.backoff)) + 1)


def _delay(asked: tuple[float, ...], factor: int) -> int:
    return max(ceil(wait / float(factor) ** k) for k, wait in enumerate(asked))


def _total(found: Retries) -> int:
    return sum((found.delay_seconds * int(found.factor**k) for k in range(found.retries)), 0)


def hook_seconds(hook: Hook) -> float | None:
    """The bound on a hook; None where it is that of the components' own code."""
    return None if hook.timeout == HOOK_TIMEOUT else hook.timeout.total_seconds()


def whole_seconds(duration: timedelta | None) -> int | None:
    """Kubernetes counts in whole seconds: a bound is never shorter than asked for."""
    return None if duration is None else max(1, ceil(duration.total_seconds()))
