"""What only Airflow minds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.airflow import (
    AirflowNestedDefault,
    AirflowRetryWait,
    AirflowXComName,
)
from portable_pipeline.ir import Pipeline, Record, Retry, Stage

#: The XCom in which Airflow keeps what a task returns.
_RETURN_VALUE = "return_value"
#: Airflow's `MAX_RETRY_DELAY`: no wait that grows is longer.
LONGEST_WAIT = timedelta(days=1)


def check(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """The target's own diagnostics for a pipeline."""
    for stage in pipeline.stages:
        yield from _xcoms(stage)
        if _longest_wait(stage.retry) > LONGEST_WAIT:
            yield AirflowRetryWait(span=stage.span, stage=stage.id)
    for parameter in pipeline.parameters:
        if _stays_marked(parameter.default):
            yield AirflowNestedDefault(span=parameter.span or pipeline.span, parameter=parameter.name)


def _stays_marked(default: object) -> bool:
    """Whether Airflow's `_deserialize_param` leaves a default as its serialisation has it."""
    if not isinstance(default, list | tuple) or all(isinstance(each, dict) for each in default):
        return False
    return any(isinstance(each, dict) or _holds_dict(each) for each in default)


def _holds_dict(value: object) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(each, dict) or _holds_dict(each) for each in value)


def _xcoms(stage: Stage) -> Iterator[Diagnostic]:
    fields = stage.result.fields if isinstance(stage.result, Record) else ()
    names = {*(each.name for each in stage.outputs), *(each.name for each in fields)}
    if _RETURN_VALUE in names:
        yield AirflowXComName(span=stage.span, stage=stage.id)


def _longest_wait(retry: Retry) -> timedelta:
    """The longest wait that Airflow would have to make grow."""
    if retry.retries < 1 or (retry.backoff == 1 and not retry.jitter):
        return timedelta(0)
    cap = retry.max_delay or timedelta.max
    try:
        return min(retry.delay * retry.backoff ** (retry.retries - 1), cap)
    except OverflowError:
        return cap
