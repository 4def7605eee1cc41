"""What only KFP minds."""

from __future__ import annotations

from collections.abc import Iterator

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.kfp import KfpGroup, KfpRetryInLoop
from portable_pipeline.ir import Loop, Pipeline
from portable_pipeline.ir.control import blocks_around
from ppc_kfp.layout import Unplaceable, layout


def check(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Whether conditions and loops fit into KFP's groups, and what becomes of retries in them."""
    if not pipeline.blocks:
        return
    try:
        layout(pipeline)
    except Unplaceable as error:
        yield KfpGroup(span=error.span, subject=error.subject, reason=error.reason, instead=error.instead)
    for stage in pipeline.stages:
        if stage.retry.retries and any(isinstance(each, Loop) for each in blocks_around(pipeline, stage.block)):
            yield KfpRetryInLoop(span=stage.span, stage=stage.id)
