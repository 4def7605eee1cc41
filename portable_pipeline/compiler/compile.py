"""From a valid pipeline to the files of one target."""

from __future__ import annotations

from collections.abc import Collection

from portable_pipeline.backend import Backend, target_diagnostics
from portable_pipeline.codegen.files import GeneratedFile
from portable_pipeline.codegen.formatting import formatted
from portable_pipeline.compiler.report import report
from portable_pipeline.diagnostics import Refused, has_errors, in_order
from portable_pipeline.ir import Pipeline


def compile_pipeline(pipeline: Pipeline, target: Backend, degrade: Collection[str] = ()) -> tuple[GeneratedFile, ...]:
    """The target's files for a pipeline, report included, the same text every time.

    Args:
        pipeline: Valid by `validate`.
        degrade: Ids of rules that the user allows the target to give up.

    Raises:
        Refused: If the target cannot keep a rule that the pipeline relies on, or refuses it for reasons of its own.
    """
    found = in_order(target_diagnostics(pipeline, target, degrade))
    if has_errors(found):
        raise Refused(found)
    files = formatted(target.generate(pipeline))
    return (*files, report(pipeline, target, files, degrade))
