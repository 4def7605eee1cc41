"""PPC00x: what was named on the command line is no pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


@dataclass(frozen=True, kw_only=True)
class MissingFile(Diagnostic):
    """There is no file `{path}`."""

    code: ClassVar[str] = "PPC001"
    title: ClassVar[str] = "there is no file `{path}`"
    help: ClassVar[str] = "{suggestion}"

    path: str
    suggestion: str


@dataclass(frozen=True, kw_only=True)
class NotAPipelineFile(Diagnostic):
    """`{path}` is no pipeline file: {reason}."""

    code: ClassVar[str] = "PPC002"
    title: ClassVar[str] = "`{path}` is no pipeline file: {reason}"
    help: ClassVar[str] = "name a Python file, `package.module:function`, or IR JSON that `ppc ir` printed"

    path: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class NotPython(Diagnostic):
    """The file is not python: {reason}."""

    code: ClassVar[str] = "PPC003"
    title: ClassVar[str] = "the file is not Python: {reason}"
    label: ClassVar[str] = "{reason}"
    help: ClassVar[str] = "correct it; `python FILE` says the same"

    reason: str


@dataclass(frozen=True, kw_only=True)
class NoPipeline(Diagnostic):
    """`{path}` defines no pipeline."""

    code: ClassVar[str] = "PPC004"
    title: ClassVar[str] = "`{path}` defines no pipeline"
    help: ClassVar[str] = "{hint}"

    path: str
    hint: str


@dataclass(frozen=True, kw_only=True)
class SeveralPipelines(Diagnostic):
    """`{path}` defines several pipelines."""

    code: ClassVar[str] = "PPC005"
    title: ClassVar[str] = "`{path}` defines several pipelines"
    help: ClassVar[str] = "name one of them: {names}"

    path: str
    names: str


@dataclass(frozen=True, kw_only=True)
class UnknownPipeline(Diagnostic):
    """`{path}` has no pipeline `{name}`."""

    code: ClassVar[str] = "PPC006"
    title: ClassVar[str] = "`{path}` has no pipeline `{name}`"
    help: ClassVar[str] = "{suggestion}"

    path: str
    name: str
    suggestion: str


@dataclass(frozen=True, kw_only=True)
class UnknownModule(Diagnostic):
    """There is no module `{name}`."""

    code: ClassVar[str] = "PPC007"
    title: ClassVar[str] = "there is no module `{name}`"
    help: ClassVar[str] = "{suggestion}"

    name: str
    suggestion: str


@dataclass(frozen=True, kw_only=True)
class FailingImport(Diagnostic):
    """Importing `{file}` fails: {error}."""

    code: ClassVar[str] = "PPC008"
    title: ClassVar[str] = "importing `{file}` fails: {error}"
    label: ClassVar[str] = "raised here"
    help: ClassVar[str] = "{advice_on_it}"

    file: str
    error: str
    advice_on_it: str


@dataclass(frozen=True, kw_only=True)
class FailingPipeline(Diagnostic):
    """Pipeline `{pipeline}` fails while it is traced: {error}."""

    code: ClassVar[str] = "PPC009"
    title: ClassVar[str] = "pipeline `{pipeline}` fails while it is traced: {error}"
    label: ClassVar[str] = "raised here"
    help: ClassVar[str] = "the pipeline function only says what runs; move work on values into a stage"

    pipeline: str
    error: str


@dataclass(frozen=True, kw_only=True)
class NotJson(Diagnostic):
    """`{path}` is no json: {reason}."""

    code: ClassVar[str] = "PPC010"
    title: ClassVar[str] = "`{path}` is no JSON: {reason}"
    help: ClassVar[str] = "write it with `ppc ir FILE`"

    path: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class UnknownIrVersion(Diagnostic):
    """`{path}` is ir of version {found}; this is version {known}."""

    code: ClassVar[str] = "PPC011"
    title: ClassVar[str] = "`{path}` is IR of version {found}; this is version {known}"
    help: ClassVar[str] = "write it again with `ppc ir` of the same release"

    path: str
    found: str
    known: int


@dataclass(frozen=True, kw_only=True)
class InvalidIr(Diagnostic):
    """`{path}` is no valid ir: `{where}`: {reason}."""

    code: ClassVar[str] = "PPC012"
    title: ClassVar[str] = "`{path}` is no valid IR: `{where}`: {reason}"
    help: ClassVar[str] = "`ppc ir --schema` prints what it has to look like"

    path: str
    where: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ShadowedModule(Diagnostic):
    """`{file}` would hide the module `{module}` of {owner} from the stages."""

    code: ClassVar[str] = "PPC013"
    title: ClassVar[str] = "`{file}` would hide the module `{module}` of {owner} from the stages"
    help: ClassVar[str] = "rename the file"

    file: str
    module: str
    owner: str
