"""IR that comes as JSON: from `ppc ir`, or from another front end."""

from __future__ import annotations

import json

from pydantic import ValidationError

from portable_pipeline.capture.naming import Named
from portable_pipeline.diagnostics import Diagnostic, Refused, Span
from portable_pipeline.diagnostics.catalog.input import InvalidIr, NotAPipelineFile, NotJson, UnknownIrVersion
from portable_pipeline.ir import Pipeline, from_json
from portable_pipeline.ir.pipeline import IR_VERSION

_MOST_SHOWN = 10


def read_ir(named: Named) -> Pipeline:
    """The pipeline in a JSON file.

    Raises:
        Refused: If there is none in it.
    """
    path = named.shown
    try:
        text = named.file.read_text(encoding="utf-8")
        data = json.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise Refused([NotAPipelineFile(path=path, reason=str(error))]) from None
    except RecursionError:
        raise Refused([NotJson(path=path, reason="it is nested too deeply")]) from None
    except json.JSONDecodeError as error:
        span = Span(path, error.lineno, error.colno, error.lineno, error.colno + 1)
        raise Refused([NotJson(span=span, path=path, reason=error.msg)]) from None
    version = data.get("ir_version", IR_VERSION) if isinstance(data, dict) else IR_VERSION
    if version != IR_VERSION:
        raise Refused([UnknownIrVersion(path=path, found=json.dumps(version), known=IR_VERSION)])
    try:
        return from_json(text)
    except ValidationError as error:
        raise Refused(_invalid(error, path)) from None


def _invalid(error: ValidationError, path: str) -> list[Diagnostic]:
    """One diagnostic for each place, the first few."""
    found: dict[str, Diagnostic] = {}
    for each in error.errors(include_url=False, include_context=False):
        where = "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in each["loc"])
        found.setdefault(where, InvalidIr(path=path, where=where, reason=each["msg"]))
    return list(found.values())[:_MOST_SHOWN]
