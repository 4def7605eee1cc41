"""From the settings of stages and pipelines, as written, to those of the IR."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from portable_pipeline.capture.constants import is_text
from portable_pipeline.capture.definitions import Definition
from portable_pipeline.capture.spans import Spans
from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.signatures import BadDuration, BadSetting
from portable_pipeline.dsl.durations import parse_duration
from portable_pipeline.dsl.schedules import CronSchedule
from portable_pipeline.dsl.stages import StageSettings
from portable_pipeline.ir import Cron, Retry


class Settings:
    """Checks the settings of one definition; what is wrong is reported and replaced by nothing.

    Args:
        definition: Where they stand.
        found: Where diagnostics go.
    """

    def __init__(self, definition: Definition, found: list[Diagnostic]) -> None:
        self._definition = definition
        self._found = found

    def retry(self, written: StageSettings) -> Retry:
        """The policy for failed attempts."""
        retries = self._integer("retries", written.retries)
        delay = self.duration("retry_delay", written.retry_delay) or timedelta(0)
        max_delay = self.duration("max_delay", written.max_delay)
        backoff, jitter = self._number("backoff", written.backoff, 1.0), self._number("jitter", written.jitter, 0.0)
        if retries == 0:
            # Nobody need have written it: it has a default. What else is set was meant, and validation tells about it.
            delay = timedelta(0)
        return Retry(retries=retries, delay=delay, backoff=backoff, max_delay=max_delay, jitter=jitter)

    def duration(self, name: str, given: Any) -> timedelta | None:
        """A duration; None where there is none."""
        if given is None or isinstance(given, timedelta):
            return given
        parsed = parse_duration(given) if isinstance(given, str) else None
        if parsed is None:
            span = self._definition.settings.keyword(name)
            where = self._definition.title
            self._found.append(BadDuration(span=span, setting=name, where=where, given=repr(given)))
        return parsed

    def text(self, name: str, given: Any) -> str | None:
        """A text; None where there is none."""
        if given is None or (isinstance(given, str) and is_text(given)):
            return given
        self._bad(name, given, "a text")
        return None

    def texts(self, name: str, given: Any) -> tuple[str, ...]:
        """A list of texts."""
        if (
            isinstance(given, Sequence)
            and not isinstance(given, str)
            and all(isinstance(each, str) and is_text(each) for each in given)
        ):
            return tuple(given)
        self._bad(name, given, "a list of texts")
        return ()

    def flag(self, name: str, given: Any) -> bool:
        """True or False."""
        if isinstance(given, bool):
            return given
        self._bad(name, given, "True or False")
        return False

    def schedule(self, given: Any, spans: Spans) -> Cron | None:
        """A schedule; None where there is none."""
        if given is None:
            return None
        if not isinstance(given, CronSchedule):
            self._bad("schedule", given, '`cron("0 2 * * *")`')
            return None
        fields: tuple[Any, Any] = (given.expression, given.timezone)
        if not all(isinstance(each, str) for each in fields):
            self._bad("schedule", fields, '`cron("0 2 * * *", timezone="Europe/Berlin")`, with texts')
            return None
        return Cron(expression=given.expression, timezone=given.timezone, span=spans.of(given.place))

    def _integer(self, name: str, given: Any) -> int:
        if isinstance(given, int) and not isinstance(given, bool):
            return given
        self._bad(name, given, "an integer")
        return 0

    def _number(self, name: str, given: Any, otherwise: float) -> float:
        if isinstance(given, int | float) and not isinstance(given, bool):
            return float(given)
        self._bad(name, given, "a number")
        return otherwise

    def _bad(self, name: str, given: Any, expected: str) -> None:
        span, where = self._definition.settings.keyword(name), self._definition.title
        shown = f"`{given!r}`"
        self._found.append(BadSetting(span=span, setting=name, where=where, given=shown, expected=expected))
