"""Diagnostics: codes, places, texts; how they are printed and explained."""

from portable_pipeline.diagnostics.diagnostic import Diagnostic, Refused, Related, Severity, codes, has_errors, in_order
from portable_pipeline.diagnostics.span import Span

__all__ = ["Diagnostic", "Refused", "Related", "Severity", "Span", "codes", "has_errors", "in_order"]
