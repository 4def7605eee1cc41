"""The waits between attempts (R2) as Prefect's constants."""

from __future__ import annotations

import math
from dataclasses import dataclass

from portable_pipeline.ir import Retry

#: Prefect refuses a longer list. It repeats the last delay for the retries beyond.
_LIST_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Waits:
    """Arguments of a task's decorator.

    Args:
        delays_seconds: Before each retry; empty for none.
        jitter_factor: Prefect's; zero for none.
    """

    delays_seconds: tuple[float, ...]
    jitter_factor: float


def waits(retry: Retry) -> Waits:
    """The delays and the jitter that keep every wait between its bounds.

    Prefect's jitter goes both ways around a delay. So that it only adds (R2), the delays are longer by as much as it
    can take away.
    """
    wanted = _wanted_seconds(retry)
    if not any(wanted):
        return Waits((), 0.0)
    factor, stretch = _jitter(retry.jitter)
    delays = tuple(_at_least(each * stretch) for each in wanted)
    return Waits(_shortened(delays), factor)


def _wanted_seconds(retry: Retry) -> tuple[float, ...]:
    delay = retry.delay.total_seconds()
    cap = math.inf if retry.max_delay is None else retry.max_delay.total_seconds()
    return tuple(min(delay * retry.backoff**k, cap) for k in range(retry.retries))


def _shortened(delays: tuple[float, ...]) -> tuple[float, ...]:
    """One delay where all are the same; no longer than Prefect takes: the last stands for all that follow."""
    if len(set(delays)) == 1:
        return delays[:1]
    return delays if len(delays) <= _LIST_LIMIT else (*delays[: _LIST_LIMIT - 1], max(delays[_LIST_LIMIT - 1 :]))


def _jitter(fraction: float) -> tuple[float, float]:
    """Prefect's factor `c`, and what to multiply delays with, for waits from `delay` to `delay * (1 + fraction)`.

    Prefect draws from `[delay * low(1 + c), delay * (1 + c)]`: see `lower_clamp_multiple` in `prefect.utilities.math`.
    """
    low, high = 0.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 + middle) / _lower_multiple(middle) < 1 + fraction else (low, middle)
    factor = math.floor(low * 10_000) / 10_000
    return (factor, 1 / _lower_multiple(factor)) if factor else (0.0, 1.0)


def _lower_multiple(factor: float) -> float:
    return -math.log2(1 - 2 ** -(1 + factor))


def _at_least(seconds: float) -> float:
    """Milliseconds, rounded up."""
    rounded = math.ceil(round(seconds * 1000, 6)) / 1000
    return int(rounded) if rounded.is_integer() else rounded
