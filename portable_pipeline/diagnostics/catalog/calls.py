"""PPC04x and PPC05x: calls of stages and their arguments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


@dataclass(frozen=True, kw_only=True)
class UnknownArgument(Diagnostic):
    """Stage `{stage}` takes no argument `{argument}`."""

    code: ClassVar[str] = "PPC040"
    title: ClassVar[str] = "stage `{stage}` takes no argument `{argument}`"
    help: ClassVar[str] = "{suggestion}"

    stage: str
    argument: str
    suggestion: str


@dataclass(frozen=True, kw_only=True)
class MissingArgument(Diagnostic):
    """Stage `{stage}` needs an argument `{argument}`."""

    code: ClassVar[str] = "PPC041"
    title: ClassVar[str] = "stage `{stage}` needs an argument `{argument}`"
    help: ClassVar[str] = "pass `{argument}=...`, or give the parameter a default"

    stage: str
    argument: str


@dataclass(frozen=True, kw_only=True)
class RepeatedArgument(Diagnostic):
    """Stage `{stage}` gets `{argument}` twice."""

    code: ClassVar[str] = "PPC042"
    title: ClassVar[str] = "stage `{stage}` gets `{argument}` twice"
    label: ClassVar[str] = "the second"
    help: ClassVar[str] = "leave one of them out"

    stage: str
    argument: str


@dataclass(frozen=True, kw_only=True)
class TooManyArguments(Diagnostic):
    """Stage `{stage}` takes {taken} positional arguments, not {given}."""

    code: ClassVar[str] = "PPC043"
    title: ClassVar[str] = "stage `{stage}` takes {taken} positional arguments, not {given}"
    help: ClassVar[str] = "name the arguments: `{stage}(name=...)`"

    stage: str
    given: int
    taken: int


@dataclass(frozen=True, kw_only=True)
class AmbiguousHandle(Diagnostic):
    """Which artifact of `{stage}` is meant for `{receiver}`?."""

    code: ClassVar[str] = "PPC044"
    title: ClassVar[str] = "which artifact of `{stage}` is meant for `{receiver}`?"
    label: ClassVar[str] = "`{stage}` writes several"
    help: ClassVar[str] = "say which: {choices}"

    stage: str
    receiver: str
    choices: str


@dataclass(frozen=True, kw_only=True)
class NothingToPass(Diagnostic):
    """Stage `{stage}` has no {wanted} to pass to `{receiver}`."""

    code: ClassVar[str] = "PPC045"
    title: ClassVar[str] = "stage `{stage}` has no {wanted} to pass to `{receiver}`"
    label: ClassVar[str] = "it has {has}"
    help: ClassVar[str] = "name what is meant, or declare the parameter as what is passed"

    stage: str
    receiver: str
    wanted: str
    has: str


@dataclass(frozen=True, kw_only=True)
class ConstantNotPortable(Diagnostic):
    """`{argument}` of stage `{stage}` is {declared}, not a {given}."""

    code: ClassVar[str] = "PPC046"
    title: ClassVar[str] = "`{argument}` of stage `{stage}` is {declared}, not a {given}"
    help: ClassVar[str] = "pass a value of the declared type; what is no JSON travels as an artifact"

    stage: str
    argument: str
    given: str
    declared: str


@dataclass(frozen=True, kw_only=True)
class NotAUri(Diagnostic):
    """Output `{output}` of stage `{stage}` takes an address."""

    code: ClassVar[str] = "PPC047"
    title: ClassVar[str] = "output `{output}` of stage `{stage}` takes an address"
    help: ClassVar[str] = 'write `uri("...")`, or leave it out'

    stage: str
    output: str


@dataclass(frozen=True, kw_only=True)
class HandleInContainer(Diagnostic):
    """`{argument}` of stage `{stage}` is a container of handles."""

    code: ClassVar[str] = "PPC048"
    title: ClassVar[str] = "`{argument}` of stage `{stage}` is a container of handles"
    help: ClassVar[str] = "give the stage a parameter for each of them"

    stage: str
    argument: str


@dataclass(frozen=True, kw_only=True)
class StageNotCalled(Diagnostic):
    """`{stage}` is passed on without being called."""

    code: ClassVar[str] = "PPC049"
    title: ClassVar[str] = "`{stage}` is passed on without being called"
    help: ClassVar[str] = "call it: `{stage}(...)`"

    stage: str


@dataclass(frozen=True, kw_only=True)
class HandleOfAnotherPipeline(Diagnostic):
    """{handle} belongs to another pipeline."""

    code: ClassVar[str] = "PPC050"
    title: ClassVar[str] = "{handle} belongs to another pipeline"
    help: ClassVar[str] = "call the stage in this pipeline, or read what the other one wrote"

    handle: str


@dataclass(frozen=True, kw_only=True)
class MissingRoot(Diagnostic):
    """Output `{output}` of stage `{stage}` has no address, and the pipeline no parameter `root`."""

    code: ClassVar[str] = "PPC051"
    title: ClassVar[str] = "output `{output}` of stage `{stage}` has no address, and the pipeline no parameter `root`"
    help: ClassVar[str] = "add `root: str` to the pipeline's parameters, or give the output a `uri(...)`"

    stage: str
    output: str
