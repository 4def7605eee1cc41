"""Whether a file of the user can be a module at all, here and where it travels to."""

from __future__ import annotations

import sys

from portable_pipeline.capture.source_files import SourceFile
from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.input import NotPython, ShadowedModule

#: Where the stages run, our helpers are beside the user's modules, under this name.
_RUNTIME = "stage_runtime"


def why_unusable(source: SourceFile, module: str) -> Diagnostic | None:
    """What is wrong with the file; None when nothing is.

    Args:
        module: Dotted name under which it is imported.
    """
    try:
        source.tree  # noqa: B018 - parsing is what may fail
    except SyntaxError as error:
        return NotPython(span=syntax_span(error, source), reason=error.msg)
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        return NotPython(span=Span(source.name, 1), reason=str(error))
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return ShadowedModule(file=source.name, module=top, owner="the standard library")
    if top == _RUNTIME:
        return ShadowedModule(file=source.name, module=top, owner="the generated code")
    return None


def syntax_span(error: SyntaxError, source: SourceFile) -> Span:
    """Where Python stopped reading."""
    line, column = error.lineno or 1, max(error.offset or 1, 1)
    end_line, end_column = error.end_lineno or line, error.end_offset or 0
    if end_column <= 0 or (end_line, end_column) <= (line, column):
        end_line, end_column = line, column + 1
    return Span(source.name, line, column, end_line, end_column)
