"""PPC115-117: constants that do not travel, or not well."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import JsonValue

from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.constants import LargeConstant, LargePipeline, NonFiniteNumber
from portable_pipeline.ir import Constant, Pipeline
from portable_pipeline.validate.json_values import non_finite
from portable_pipeline.validate.uses import deciding

#: Bytes of JSON that a value may have between stages (V4); the same bound as at run time.
MAX_BYTES = 48 * 1024

#: Bytes of JSON that all constants of a pipeline may have before that is worth a warning.
MAX_TOTAL_BYTES = 512 * 1024

_KIB = 1024


def unwieldy_constants(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Constants and defaults that are no JSON, or too large, each alone or all together."""
    total = 0
    for where, value, span in _constants(pipeline):
        number = non_finite(value)
        if number is not None:
            yield NonFiniteNumber(span=span, where=where, number=str(number))
        size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
        total += size
        if size > MAX_BYTES:
            yield LargeConstant(span=span, where=where, kib=-(-size // _KIB))
    if total > MAX_TOTAL_BYTES:
        yield LargePipeline(span=pipeline.span, pipeline=pipeline.name, kib=total // _KIB)


def _constants(pipeline: Pipeline) -> Iterator[tuple[str, JsonValue, Span | None]]:
    for parameter in pipeline.parameters:
        if not parameter.required:
            yield f"the default of parameter `{parameter.name}`", parameter.default, parameter.span
    for stage in pipeline.stages:
        for given in stage.inputs:
            if isinstance(given.value, Constant):
                yield f"`{given.name}` of stage `{stage.id}`", given.value.value, given.span or stage.span
    for use in deciding(pipeline):
        if isinstance(use.value, Constant):
            yield f"a constant of `{use.by}`", use.value.value, use.span
