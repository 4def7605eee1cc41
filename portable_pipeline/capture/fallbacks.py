"""Which stage stands in for which."""

from __future__ import annotations

from collections.abc import Mapping

from portable_pipeline.capture.spans import Spans
from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.stand_ins import SecondFallback
from portable_pipeline.dsl.trace import Call, Trace


class Fallbacks:
    """The fallbacks of one trace; what takes part in two is reported.

    Args:
        trace: What the pipeline function did.
        spans: Places in the user's files.
        found: Where diagnostics go.
    """

    def __init__(self, trace: Trace, spans: Spans, found: list[Diagnostic]) -> None:
        self._stand_ins: dict[Call, Call] = {}
        self._primaries: dict[Call, Call] = {}
        for primary, stand_in, place in trace.fallbacks:
            taken = next((each for each in (primary, stand_in) if each in self._stand_ins | self._primaries), None)
            if taken is None and primary is stand_in:
                taken = primary
            if taken is not None:
                found.append(SecondFallback(span=spans.of(place), stage=taken.stage.__name__))
                continue
            self._stand_ins[primary] = stand_in
            self._primaries[stand_in] = primary

    def of(self, call: Call, ids: Mapping[Call, str]) -> dict[str, str | None]:
        """The stage's fields about it."""
        stand_in, primary = self._stand_ins.get(call), self._primaries.get(call)
        return {
            "fallback": None if stand_in is None else ids[stand_in],
            "stands_in_for": None if primary is None else ids[primary],
        }
