"""What only KFP minds."""

from __future__ import annotations

from collections.abc import Iterator

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.ir import Pipeline


def check(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Nothing yet."""
    yield from ()
