"""PPC02x and PPC03x: handles used as if they were values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


@dataclass(frozen=True, kw_only=True)
class HandleAsCondition(Diagnostic):
    """{handle} has no value yet: it cannot be a condition."""

    code: ClassVar[str] = "PPC020"
    title: ClassVar[str] = "{handle} has no value yet: it cannot be a condition"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = "decide inside a stage, where the value is there"

    handle: str


@dataclass(frozen=True, kw_only=True)
class HandleCompared(Diagnostic):
    """{handle} has no value yet: `{operator}` cannot compare it."""

    code: ClassVar[str] = "PPC021"
    title: ClassVar[str] = "{handle} has no value yet: `{operator}` cannot compare it"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = "compare inside a stage, where the value is there"

    handle: str
    operator: str


@dataclass(frozen=True, kw_only=True)
class HandleIterated(Diagnostic):
    """{handle} has no value yet: it cannot be iterated or unpacked."""

    code: ClassVar[str] = "PPC022"
    title: ClassVar[str] = "{handle} has no value yet: it cannot be iterated or unpacked"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = "{advice_on_it}"

    handle: str
    advice_on_it: str


@dataclass(frozen=True, kw_only=True)
class HandleAsText(Diagnostic):
    """{handle} has no value yet: it cannot be part of a text."""

    code: ClassVar[str] = "PPC023"
    title: ClassVar[str] = "{handle} has no value yet: it cannot be part of a text"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = "{advice_on_it}"

    handle: str
    advice_on_it: str


@dataclass(frozen=True, kw_only=True)
class HandleInArithmetic(Diagnostic):
    """{handle} has no value yet: `{operator}` cannot compute with it."""

    code: ClassVar[str] = "PPC024"
    title: ClassVar[str] = "{handle} has no value yet: `{operator}` cannot compute with it"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = "pass it to a stage and compute there"

    handle: str
    operator: str


@dataclass(frozen=True, kw_only=True)
class HandleIndexed(Diagnostic):
    """{handle} has no value yet: `[{key}]` cannot look into it."""

    code: ClassVar[str] = "PPC025"
    title: ClassVar[str] = "{handle} has no value yet: `[{key}]` cannot look into it"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = "{advice_on_it}"

    handle: str
    key: str
    advice_on_it: str


@dataclass(frozen=True, kw_only=True)
class HandleAsNumber(Diagnostic):
    """{handle} has no value yet: it cannot be made a number by `{function}`."""

    code: ClassVar[str] = "PPC026"
    title: ClassVar[str] = "{handle} has no value yet: it cannot be made a number by `{function}`"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = "pass it to a stage and compute there"

    handle: str
    function: str


@dataclass(frozen=True, kw_only=True)
class UnknownOutputName(Diagnostic):
    """{handle} has no output `{name}`."""

    code: ClassVar[str] = "PPC027"
    title: ClassVar[str] = "{handle} has no output `{name}`"
    help: ClassVar[str] = "{suggestion}"

    handle: str
    name: str
    suggestion: str


@dataclass(frozen=True, kw_only=True)
class HandleCalled(Diagnostic):
    """{handle} is a value, not a function."""

    code: ClassVar[str] = "PPC028"
    title: ClassVar[str] = "{handle} is a value, not a function"
    label: ClassVar[str] = "called here"
    help: ClassVar[str] = "{advice_on_it}"

    handle: str
    advice_on_it: str


@dataclass(frozen=True, kw_only=True)
class HandleAssigned(Diagnostic):
    """{handle} has no value yet: `{target}` cannot change it."""

    code: ClassVar[str] = "PPC029"
    title: ClassVar[str] = "{handle} has no value yet: `{target}` cannot change it"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = "change the value inside a stage and return it"

    handle: str
    target: str


@dataclass(frozen=True, kw_only=True)
class HandleAttribute(Diagnostic):
    """{handle} has no value yet: `.{name}` cannot be asked of it."""

    code: ClassVar[str] = "PPC030"
    title: ClassVar[str] = "{handle} has no value yet: `.{name}` cannot be asked of it"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = "{advice_on_it}"

    handle: str
    name: str
    advice_on_it: str


@dataclass(frozen=True, kw_only=True)
class NotAStage(Diagnostic):
    """Only stages can be put in order, not {given}."""

    code: ClassVar[str] = "PPC031"
    title: ClassVar[str] = "only stages can be put in order, not {given}"
    help: ClassVar[str] = "order handles that calls of stages returned: `load(x).after(check(y))`"

    given: str


@dataclass(frozen=True, kw_only=True)
class PipelineInPipeline(Diagnostic):
    """Pipeline `{name}` is called inside a pipeline."""

    code: ClassVar[str] = "PPC032"
    title: ClassVar[str] = "pipeline `{name}` is called inside a pipeline"
    help: ClassVar[str] = "call its stages, or a plain function that calls them"

    name: str
