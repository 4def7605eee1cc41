"""Diagnostics for programs: a JSON list."""

from __future__ import annotations

import json
from collections.abc import Iterable

from portable_pipeline.diagnostics.diagnostic import Diagnostic
from portable_pipeline.diagnostics.render.sources import Sources
from portable_pipeline.diagnostics.span import Span

_Place = dict[str, str | int | None]


def as_json(found: Iterable[Diagnostic], sources: Sources) -> str:
    """A list with one object for each diagnostic, the same keys in each; places that are not known are null."""
    return json.dumps([_object(each, sources) for each in found], indent=2, ensure_ascii=False) + "\n"


def _object(diagnostic: Diagnostic, sources: Sources) -> dict[str, object]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        **_place(diagnostic.span, sources),
        "label": diagnostic.span_label,
        "help": diagnostic.advice,
        "related": [{**_place(each.span, sources), "label": each.label} for each in diagnostic.related],
    }


def _place(span: Span | None, sources: Sources) -> _Place:
    if span is None:
        return dict.fromkeys(("file", "line", "column", "end_line", "end_column"))
    return {
        "file": sources.shown(span.file),
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line or None,
        "end_column": span.end_column or None,
    }
