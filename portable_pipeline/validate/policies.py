"""PPC301-307: timeouts, retries and caches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portable_pipeline.diagnostics import Diagnostic, Related, Span
from portable_pipeline.diagnostics.catalog.policies import (
    BadDuration,
    BadRetry,
    BeyondPipeline,
    CapBelowDelay,
    NoRetries,
    NothingToTakeOver,
    NoTimeout,
)
from portable_pipeline.diagnostics.suggest import quoted
from portable_pipeline.ir import Pipeline, Retry, Stage

_YEAR = timedelta(days=366)
_NOTHING = timedelta(0)

MAX_RETRIES = 100
MAX_BACKOFF = 100.0

#: So many stages without a timeout are named and underlined; the rest is counted.
_NAMED = 3


def missing_timeouts(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """One warning for all stages that nothing bounds."""
    unbounded = [stage for stage in pipeline.stages if stage.timeout is None]
    if not unbounded or pipeline.timeout is not None:
        return
    names = ", ".join(f"`{stage.id}`" for stage in unbounded[:_NAMED])
    rest = f" and {len(unbounded) - _NAMED} more" if len(unbounded) > _NAMED else ""
    # A loop calls many stages at one place: it is underlined once.
    first, *others = dict.fromkeys(stage.span for stage in unbounded[:_NAMED])
    related = [Related(span, "this too") for span in others if span]
    yield NoTimeout(span=first, related=tuple(related), stages=names + rest)


def bad_durations(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Durations that are negative, nothing where there has to be something, or absurd."""
    if pipeline.timeout is not None:
        yield from _duration("timeout", f"pipeline `{pipeline.name}`", pipeline.timeout, pipeline.span, positive=True)
    for stage in pipeline.stages:
        where = f"stage `{stage.id}`"
        if stage.timeout is not None:
            yield from _duration("timeout", where, stage.timeout, stage.span, positive=True)
        yield from _duration("retry_delay", where, stage.retry.delay, stage.span)
        if stage.retry.max_delay is not None:
            yield from _duration("max_delay", where, stage.retry.max_delay, stage.span)
    hooks = (pipeline.on_exit, pipeline.on_failure, *(stage.on_failure for stage in pipeline.stages))
    for hook in dict.fromkeys(each for each in hooks if each is not None):
        yield from _duration("timeout", f"hook `{hook.body.function}`", hook.timeout, hook.span, positive=True)


def bad_retries(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Retry settings out of range, and a cap below the delay."""
    for stage in pipeline.stages:
        retry = stage.retry
        if not 0 <= retry.retries <= MAX_RETRIES:
            suggestion = "0 means that the first failure is final"
            yield _out_of_range(stage, "retries", retry.retries, f"0 to {MAX_RETRIES}", suggestion)
        if not 1 <= retry.backoff <= MAX_BACKOFF:
            suggestion = "1 waits equally long each time, 2 twice as long each time"
            yield _out_of_range(stage, "backoff", retry.backoff, f"1 to {MAX_BACKOFF:g}", suggestion)
        if not 0 <= retry.jitter <= 1:
            suggestion = "0.1 adds up to a tenth of the wait"
            yield _out_of_range(stage, "jitter", retry.jitter, "0 to 1", suggestion)
        cap = retry.max_delay
        if retry.retries > 0 and cap is not None and _NOTHING <= cap < retry.delay:
            yield CapBelowDelay(span=stage.span, stage=stage.id, delay=written(retry.delay), cap=written(cap))


def settings_without_retries(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Settings for retries where there are none."""
    for stage in pipeline.stages:
        retry = stage.retry
        # `retry_delay` has a default in the language, so that alone says nothing.
        settings = [
            name
            for name, is_set in (
                ("backoff", retry.backoff != 1),
                ("max_delay", retry.max_delay is not None),
                ("jitter", retry.jitter != 0),
            )
            if is_set
        ]
        if retry.retries == 0 and settings:
            yield NoRetries(span=stage.span, stage=stage.id, settings=quoted(settings))


def beyond_the_pipeline(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Stages whose own limits come after the end of the run."""
    limit = pipeline.timeout
    if limit is None or limit <= _NOTHING:
        return
    for stage in pipeline.stages:
        if stage.timeout is not None and stage.timeout > limit:
            yield _beyond(stage, "the timeout", stage.timeout, limit)
        waits = min(total_wait(stage.retry), timedelta.max.total_seconds() / 2)
        if waits > limit.total_seconds():
            yield _beyond(stage, "the wait between attempts", timedelta(seconds=waits), limit)


def cached_for_nothing(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Stages with a cache that leave nothing."""
    for stage in pipeline.stages:
        if stage.cache and stage.result is None and not stage.outputs:
            yield NothingToTakeOver(span=stage.span, stage=stage.id)


def total_wait(retry: Retry) -> float:
    """Seconds that all retries wait together, without jitter."""
    delay, factor = max(retry.delay.total_seconds(), 0.0), max(retry.backoff, 1.0)
    cap = float("inf") if retry.max_delay is None else max(retry.max_delay.total_seconds(), 0.0)
    total = 0.0
    for _ in range(min(max(retry.retries, 0), MAX_RETRIES)):
        total += min(delay, cap)
        delay = delay * factor
    return total


def written(duration: timedelta) -> str:
    """A duration as people write it: `1h30m`, `90s` as `1m30s`, `250ms`.

    >>> written(timedelta(minutes=90)), written(timedelta(seconds=-5)), written(timedelta(0))
    ('1h30m', '-5s', '0s')
    """
    if duration < _NOTHING:
        return f"-{written(-duration)}" if duration > timedelta.min else str(duration)
    rest, text = duration, ""
    for letter, unit in (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1))):
        count, rest = divmod(rest, unit)
        text += f"{count}{letter}" if count else ""
    seconds = rest.total_seconds()
    if seconds or not text:
        text += f"{seconds:g}s" if seconds >= 1 or not seconds else f"{seconds * 1000:g}ms"
    return text


def _duration(
    what: str, where: str, duration: timedelta, span: Span | None, *, positive: bool = False
) -> Iterator[BadDuration]:
    if duration < _NOTHING:
        reason = "a duration is not negative"
    elif positive and not duration:
        reason = "it leaves no time at all"
    elif duration > _YEAR:
        reason = "nothing here takes longer than a year"
    else:
        return
    yield BadDuration(span=span, what=what, where=where, duration=written(duration), reason=reason)


def _out_of_range(stage: Stage, setting: str, value: float, allowed: str, suggestion: str) -> BadRetry:
    return BadRetry(
        span=stage.span,
        setting=setting,
        stage=stage.id,
        value=f"{value:g}" if isinstance(value, float) else str(value),
        allowed=allowed,
        suggestion=suggestion,
    )


def _beyond(stage: Stage, what: str, duration: timedelta, limit: timedelta) -> BeyondPipeline:
    return BeyondPipeline(span=stage.span, what=what, stage=stage.id, duration=written(duration), limit=written(limit))
