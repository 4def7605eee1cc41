"""PPC21x: addresses as they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


@dataclass(frozen=True, kw_only=True)
class BadTemplate(Diagnostic):
    """`{template}` is no address: {reason}."""

    code: ClassVar[str] = "PPC210"
    title: ClassVar[str] = "`{template}` is no address: {reason}"
    help: ClassVar[str] = "write placeholders as `{{name}}` and a brace of its own as `{{{{`"

    template: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class UnknownPlaceholder(Diagnostic):
    """`{{{placeholder}}}` in an address is neither a parameter of the pipeline nor known."""

    code: ClassVar[str] = "PPC211"
    title: ClassVar[str] = "`{{{placeholder}}}` in an address is neither a parameter of the pipeline nor known"
    help: ClassVar[str] = "{suggestion}"

    template: str
    placeholder: str
    suggestion: str


@dataclass(frozen=True, kw_only=True)
class MovingPlaceholder(Diagnostic):
    """`{{{placeholder}}}` in an address depends on {depends_on}: a rerun would write somewhere else."""

    code: ClassVar[str] = "PPC212"
    title: ClassVar[str] = (
        "`{{{placeholder}}}` in an address depends on {depends_on}: a rerun would write somewhere else"
    )
    help: ClassVar[str] = "use `{{run_date}}`: a rerun for the same date replaces what the last one wrote"

    template: str
    placeholder: str
    depends_on: str


@dataclass(frozen=True, kw_only=True)
class FormattedPlaceholder(Diagnostic):
    """`{{{placeholder}}}` in an address has a format, which engines write in different ways."""

    code: ClassVar[str] = "PPC213"
    title: ClassVar[str] = "`{{{placeholder}}}` in an address has a format, which engines write in different ways"
    help: ClassVar[str] = "write `{{{placeholder}}}`; a date is written as 2026-01-05"

    template: str
    placeholder: str
