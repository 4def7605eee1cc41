"""What only KFP minds."""

from __future__ import annotations

from collections.abc import Iterator

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.kfp import KfpGroup
from portable_pipeline.ir import Pipeline
from ppc_kfp.layout import Unplaceable, layout


def check(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Whether conditions and loops fit into KFP's groups."""
    if not pipeline.blocks:
        return
    try:
        layout(pipeline)
    except Unplaceable as error:
        yield KfpGroup(span=error.span, subject=error.subject, reason=error.reason, instead=error.instead)
