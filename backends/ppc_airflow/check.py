"""What only Airflow minds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.airflow import (
    AirflowLoopLimit,
    AirflowRetryWait,
    AirflowXComName,
)
from portable_pipeline.ir import Loop, Pipeline, Record, Retry, Stage
from portable_pipeline.ir.control import loops_around

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
    for block in pipeline.blocks:
        if isinstance(block, Loop):
            yield from _loop(block, pipeline)


def _loop(loop: Loop, pipeline: Pipeline) -> Iterator[Diagnostic]:
    blocks = {block.id: block for block in pipeline.blocks}
    outer = loops_around(blocks, loop.parent)
    for each in outer:
        if each.max_parallel is not None:
            yield AirflowLoopLimit(span=each.span, loop=each.id, inner=loop.id)


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
