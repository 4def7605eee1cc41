"""PPC07x and PPC08x: code that cannot travel to where the stages run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic, Severity


@dataclass(frozen=True, kw_only=True)
class NotAFunction(Diagnostic):
    """{what} cannot be a stage."""

    code: ClassVar[str] = "PPC070"
    title: ClassVar[str] = "{what} cannot be a stage"
    help: ClassVar[str] = "write a function with `def` at the top of a module"

    what: str


@dataclass(frozen=True, kw_only=True)
class NestedFunction(Diagnostic):
    """`{function}` is defined inside a function and cannot travel without it."""

    code: ClassVar[str] = "PPC071"
    title: ClassVar[str] = "`{function}` is defined inside a function and cannot travel without it"
    help: ClassVar[str] = "move it to the top of its module; what it takes from around it becomes a parameter"

    function: str


@dataclass(frozen=True, kw_only=True)
class MethodAsStage(Diagnostic):
    """`{function}` is a method and cannot travel without its object."""

    code: ClassVar[str] = "PPC072"
    title: ClassVar[str] = "`{function}` is a method and cannot travel without its object"
    help: ClassVar[str] = "write a function at the top of the module that calls it"

    function: str


@dataclass(frozen=True, kw_only=True)
class AsyncStage(Diagnostic):
    """Stage `{function}` is a coroutine."""

    code: ClassVar[str] = "PPC073"
    title: ClassVar[str] = "stage `{function}` is a coroutine"
    help: ClassVar[str] = "write a plain function; inside, `asyncio.run(...)` runs coroutines"

    function: str


@dataclass(frozen=True, kw_only=True)
class GeneratorStage(Diagnostic):
    """Stage `{function}` is a generator."""

    code: ClassVar[str] = "PPC074"
    title: ClassVar[str] = "stage `{function}` is a generator"
    help: ClassVar[str] = "return a list, or write an artifact"

    function: str


@dataclass(frozen=True, kw_only=True)
class ChangedName(Diagnostic):
    """`{name}` is changed after it was made, and stage `{stage}` needs it."""

    code: ClassVar[str] = "PPC075"
    title: ClassVar[str] = "`{name}` is changed after it was made, and stage `{stage}` needs it"
    label: ClassVar[str] = "changed here"
    help: ClassVar[str] = "make it in one expression: a literal, a comprehension, or the call of a function"

    name: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class FilledByLoop(Diagnostic):
    """`{name}` is made by a loop at the top of the module, and stage `{stage}` needs it."""

    code: ClassVar[str] = "PPC076"
    title: ClassVar[str] = "`{name}` is made by a loop at the top of the module, and stage `{stage}` needs it"
    label: ClassVar[str] = "made here"
    help: ClassVar[str] = "make it in one expression: a comprehension, or the call of a function"

    name: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class DynamicNames(Diagnostic):
    """`{function}` in the code of stage `{stage}` reaches names that cannot be seen."""

    code: ClassVar[str] = "PPC077"
    title: ClassVar[str] = "`{function}` in the code of stage `{stage}` reaches names that cannot be seen"
    help: ClassVar[str] = "name what is needed: a dict instead of variables, a function instead of code in a text"

    function: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class GlobalStatement(Diagnostic):
    """The code of stage `{stage}` changes the global `{name}`."""

    code: ClassVar[str] = "PPC078"
    title: ClassVar[str] = "the code of stage `{stage}` changes the global `{name}`"
    help: ClassVar[str] = "pass the value in and return it: each attempt is a process of its own"

    name: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class StarImport(Diagnostic):
    """`{name}`, which stage `{stage}` needs, may come from this import."""

    code: ClassVar[str] = "PPC079"
    title: ClassVar[str] = "`{name}`, which stage `{stage}` needs, may come from this import"
    label: ClassVar[str] = "it does not say what it defines"
    help: ClassVar[str] = "import `{name}` by its name"

    name: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class UndefinedName(Diagnostic):
    """`{name}`, which stage `{stage}` needs, is defined nowhere in its module."""

    code: ClassVar[str] = "PPC080"
    title: ClassVar[str] = "`{name}`, which stage `{stage}` needs, is defined nowhere in its module"
    help: ClassVar[str] = "{suggestion}"

    name: str
    stage: str
    suggestion: str


@dataclass(frozen=True, kw_only=True)
class StageInStage(Diagnostic):
    """The code of stage `{stage}` uses stage `{name}`."""

    code: ClassVar[str] = "PPC081"
    title: ClassVar[str] = "the code of stage `{stage}` uses stage `{name}`"
    help: ClassVar[str] = "call it in the pipeline function, or take the shared code out into a plain function"

    name: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class LanguageInStage(Diagnostic):
    """The code of stage `{stage}` uses `{name}` of portable_pipeline, which is not there at run time."""

    code: ClassVar[str] = "PPC082"
    title: ClassVar[str] = (
        "the code of stage `{stage}` uses `{name}` of portable_pipeline, which is not there at run time"
    )
    help: ClassVar[str] = "only `Abort` and artifacts in annotations are there; pass values in as parameters"

    name: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class FileLocation(Diagnostic):
    """The code of stage `{stage}` asks for `__file__`, which is another place at run time."""

    code: ClassVar[str] = "PPC083"
    title: ClassVar[str] = "the code of stage `{stage}` asks for `__file__`, which is another place at run time"
    help: ClassVar[str] = "pass the path in as a parameter, or keep the data in an installed package"

    stage: str


@dataclass(frozen=True, kw_only=True)
class StatementLeftBehind(Diagnostic):
    """This statement does not travel with the stages."""

    code: ClassVar[str] = "PPC084"
    severity: ClassVar[Severity] = Severity.WARNING
    title: ClassVar[str] = "this statement does not travel with the stages"
    help: ClassVar[str] = "do it inside the stages that need it, or in the module that they import"


@dataclass(frozen=True, kw_only=True)
class NoSource(Diagnostic):
    """The code of {what} cannot be read: {reason}."""

    code: ClassVar[str] = "PPC085"
    title: ClassVar[str] = "the code of {what} cannot be read: {reason}"
    help: ClassVar[str] = "define it in a file"

    what: str
    reason: str
