"""PPC06x: declarations of stages and pipelines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic, Severity


@dataclass(frozen=True, kw_only=True)
class UnsupportedType(Diagnostic):
    """{where} is `{annotation}`, which cannot travel between stages."""

    code: ClassVar[str] = "PPC060"
    title: ClassVar[str] = "{where} is `{annotation}`, which cannot travel between stages"
    help: ClassVar[str] = "use {instead}"

    where: str
    annotation: str
    instead: str


@dataclass(frozen=True, kw_only=True)
class MissingAnnotation(Diagnostic):
    """{what} has no annotation."""

    code: ClassVar[str] = "PPC061"
    title: ClassVar[str] = "{what} has no annotation"
    help: ClassVar[str] = (
        "say what it is: `int`, `list[str]`, `Input[Dataset]`; `-> None` for a function that returns nothing"
    )

    what: str


@dataclass(frozen=True, kw_only=True)
class UnresolvableAnnotation(Diagnostic):
    """{where} is `{annotation}`, which cannot be evaluated: {reason}."""

    code: ClassVar[str] = "PPC062"
    title: ClassVar[str] = "{where} is `{annotation}`, which cannot be evaluated: {reason}"
    help: ClassVar[str] = "import the name where it is there at run time too"

    where: str
    annotation: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class UnsupportedParameter(Diagnostic):
    """Parameter `{parameter}` of {where} {kind}."""

    code: ClassVar[str] = "PPC063"
    title: ClassVar[str] = "parameter `{parameter}` of {where} {kind}"
    help: ClassVar[str] = "declare each parameter by its name: engines pass arguments by name"

    parameter: str
    where: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class UnusedConstraint(Diagnostic):
    """The `field(...)` of `{parameter}` says nothing at {stage}."""

    code: ClassVar[str] = "PPC064"
    severity: ClassVar[Severity] = Severity.WARNING
    title: ClassVar[str] = "the `Field(...)` of `{parameter}` says nothing at {stage}"
    help: ClassVar[str] = "move it to the pipeline's parameter; inside a stage check the value and raise"

    parameter: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class BadSetting(Diagnostic):
    """`{setting}` of {where} is {expected}, not {given}."""

    code: ClassVar[str] = "PPC067"
    title: ClassVar[str] = "`{setting}` of {where} is {expected}, not {given}"
    help: ClassVar[str] = "write {expected}"

    setting: str
    where: str
    given: str
    expected: str


@dataclass(frozen=True, kw_only=True)
class BadDuration(Diagnostic):
    """`{setting}` of {where} is no duration: {given}."""

    code: ClassVar[str] = "PPC068"
    title: ClassVar[str] = "`{setting}` of {where} is no duration: {given}"
    help: ClassVar[str] = 'write `"90s"`, `"30m"`, `"2h"`, `"1d"`, `"1h30m"`, or a timedelta'

    setting: str
    where: str
    given: str
