"""The steps that every command with a pipeline goes through: load, validate, report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import click

from portable_pipeline.cli.reporter import Reporter

if TYPE_CHECKING:
    from portable_pipeline.backend import Backend
    from portable_pipeline.codegen.files import GeneratedFile
    from portable_pipeline.ir import Pipeline


def checked(reporter: Reporter, file: str, targets: Sequence[str] = (), degrade: Collection[str] = ()) -> Pipeline:
    """The pipeline that a user named, after all its diagnostics are printed.

    Args:
        targets: Whose own diagnostics are wanted too.
        degrade: Rules that these targets may give up.

    Raises:
        Refused: If nothing can be captured, or there is no such target.
        click.exceptions.Exit: If there are errors.
    """
    from portable_pipeline.capture import NotCaptured, load
    from portable_pipeline.diagnostics import has_errors
    from portable_pipeline.validate import validate

    backends = chosen(targets)
    try:
        captured = load(file)
    except NotCaptured as refused:
        reporter.sources = refused.sources
        raise
    reporter.sources = captured.sources
    found = [*captured.diagnostics, *validate(captured.pipeline, captured.diagnostics)]
    # A target looks at valid pipelines only: lowering may rely on what validation proves.
    if backends and not has_errors(found):
        from portable_pipeline.backend import target_diagnostics

        for each in backends:
            found += target_diagnostics(captured.pipeline, each, degrade)
    reporter.show(found)
    if has_errors(found):
        raise click.exceptions.Exit(reporter.exit_code)
    return captured.pipeline


def chosen(targets: Sequence[str]) -> tuple[Backend, ...]:
    """The backends of these names, each once.

    Raises:
        Refused: If one of them is not installed.
    """
    if not targets:
        return ()
    from portable_pipeline.backend import backend

    return tuple(backend(name) for name in dict.fromkeys(targets))


def generated(pipeline: Pipeline, target: Backend, degrade: Collection[str] = ()) -> tuple[GeneratedFile, ...]:
    """All files of a target: ours, and what its engine makes of them when it is installed.

    Raises:
        Refused: If the target cannot keep a rule, or its engine refuses what we made.
    """
    from portable_pipeline.compiler import compile_pipeline

    files = compile_pipeline(pipeline, target, degrade)
    if not target.engine.compiled:
        return files
    from portable_pipeline.engines.compiled import compiled_files

    return (*files, *compiled_files(pipeline, target, files))
