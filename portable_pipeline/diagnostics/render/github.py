"""Diagnostics as annotations on a pull request: workflow commands of GitHub Actions."""

from __future__ import annotations

from collections.abc import Iterable

from portable_pipeline.diagnostics.diagnostic import Diagnostic
from portable_pipeline.diagnostics.render.sources import Sources

# As in @actions/core, toolkit/packages/core/src/command.ts: what stands before `::` also escapes its separators.
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def as_github(found: Iterable[Diagnostic], sources: Sources) -> str:
    """One line for each diagnostic: `::error file=...,line=...,col=...,title=...::message`."""
    return "".join(f"{_command(each, sources)}\n" for each in found)


def _command(diagnostic: Diagnostic, sources: Sources) -> str:
    properties = {**_place(diagnostic, sources), "title": f"{diagnostic.code}: {diagnostic.message}"}
    written = ",".join(f"{name}={value.translate(_PROPERTY)}" for name, value in properties.items())
    body = "\n".join(each for each in (diagnostic.span_label, diagnostic.advice) if each) or diagnostic.message
    return f"::{diagnostic.severity.value} {written}::{body.translate(_DATA)}"


def _place(diagnostic: Diagnostic, sources: Sources) -> dict[str, str]:
    span = diagnostic.span
    if span is None:
        return {}
    place = {"file": sources.shown(span.file), "line": str(span.line)}
    if span.end_line:
        place["endLine"] = str(span.end_line)
    place["col"] = str(span.column)
    # GitHub refuses endColumn on an annotation of several lines.
    if span.end_column and span.end_line in (0, span.line):
        place["endColumn"] = str(max(span.end_column - 1, span.column))
    return place
