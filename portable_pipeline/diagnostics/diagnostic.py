"""What a user did wrong, as a value: found in one place, printed in another."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import ClassVar

from portable_pipeline.diagnostics.span import Span

if sys.version_info >= (3, 11):
    from typing import Self, dataclass_transform
else:
    from typing_extensions import Self, dataclass_transform


class Severity(Enum):
    """How much a diagnostic matters: an error stops the command, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that belongs to a diagnostic, with its own label."""

    span: Span
    label: str


@dataclass_transform(frozen_default=True, kw_only_default=True)
class _OnceNeeded:
    """Subclasses are frozen dataclasses, from their first instance on: hundreds are defined, and few are ever told."""

    def __new__(cls, *_: object, **__: object) -> Self:
        if "__dataclass_fields__" not in vars(cls):
            dataclass(frozen=True, kw_only=True)(cls)
        return super().__new__(cls)


@dataclass(frozen=True, kw_only=True)
class Diagnostic(_OnceNeeded):
    """Base of all diagnostics. A subclass is one code; its fields fill the templates.

    The docstring of a subclass is its page in `ppc explain`, in fixed headings: What, Why, Example, Instead. The
    example is a whole pipeline file that gives this code, and what to write instead is one that does not; a test runs
    both. Where a file alone cannot give the code, `triggered_by` says what does.

    Args:
        span: Where the offence stands, if it stands anywhere.
        related: Other places that explain it.
    """

    code: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR
    title: ClassVar[str]
    label: ClassVar[str] = ""
    help: ClassVar[str] = ""
    triggered_by: ClassVar[str] = ""

    span: Span | None = None
    related: tuple[Related, ...] = ()

    _by_code: ClassVar[dict[str, type[Diagnostic]]] = {}

    def __init_subclass__(cls) -> None:
        """Register the code; a code is never used twice."""
        super().__init_subclass__()
        taken = Diagnostic._by_code.get(cls.code)
        if taken is not None:
            raise TypeError(f"{cls.code} is already {taken.__name__}")
        Diagnostic._by_code[cls.code] = cls

    @property
    def message(self) -> str:
        """One line that says what is wrong."""
        return self._filled(self.title)

    @property
    def span_label(self) -> str:
        """The text under the underlined source."""
        return self._filled(self.label)

    @property
    def advice(self) -> str:
        """What to write or do instead."""
        return self._filled(self.help)

    def _filled(self, template: str) -> str:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return template.format(**values)


class Refused(Exception):
    """A phase could not go on; the diagnostics say why.

    Args:
        diagnostics: At least one of severity error.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(f"{found.code}: {found.message}" for found in self.diagnostics))


def codes() -> Mapping[str, type[Diagnostic]]:
    """Every known code with its class, in order of the codes."""
    return dict(sorted(Diagnostic._by_code.items()))


def has_errors(found: Iterable[Diagnostic]) -> bool:
    """Whether any of the diagnostics stops a command."""
    return any(each.severity is Severity.ERROR for each in found)


def in_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics without repetition, by place, then code; those without a place first."""
    nowhere = Span("", 0)
    return tuple(sorted(dict.fromkeys(found), key=lambda each: (each.span or nowhere, each.code, each.message)))
