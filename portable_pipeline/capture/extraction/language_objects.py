"""What of the user's names is ours, whichever module it came through."""

from __future__ import annotations

import functools

from portable_pipeline import dsl
from portable_pipeline.dsl.pipelines import PipelineDecorator
from portable_pipeline.dsl.stages import StageDecorator

_NAMES = {id(getattr(dsl, name)): name for name in dsl.__all__}


def our_name(value: object) -> str | None:
    """The name of ours that an object is, `stage` and `pipeline` also for those with settings; None for others."""
    if isinstance(value, functools.partial):
        value = value.func
    if isinstance(value, StageDecorator):
        return "stage"
    if isinstance(value, PipelineDecorator):
        return "pipeline"
    return _NAMES.get(id(value))
