"""PPC130-131: the code and the packages that stages need."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.code import BadRequirement, UnknownCode
from portable_pipeline.diagnostics.suggest import did_you_mean
from portable_pipeline.ir import ExtractedModule, Module, Pipeline, PythonBody, Stage


def missing_code(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Stages whose functions are not among the pipeline's code."""
    modules = {module.name: module for module in pipeline.modules}
    defined = {name: _defined(module) for name, module in modules.items()}
    for stage in pipeline.stages:
        if not isinstance(stage.body, PythonBody) or stage.body.installed:
            continue
        module, function = stage.body.module, stage.body.function
        if module not in modules:
            yield _unknown(stage, module, function, did_you_mean(module, modules))
        elif (names := defined[module]) is not None and function.partition(".")[0] not in names:
            yield _unknown(stage, module, function, did_you_mean(function, names))


def bad_requirements(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Packages that no installer understands."""
    if not pipeline.packages:
        return
    from packaging.requirements import InvalidRequirement, Requirement  # only for pipelines that have packages

    for text in dict.fromkeys(pipeline.packages):
        try:
            Requirement(text)
        except InvalidRequirement as error:
            yield BadRequirement(span=pipeline.span, requirement=text, reason=_reason(text, str(error)))


def _reason(text: str, error: str) -> str:
    """What the usual mistakes are; else what the parser says."""
    if not text.strip():
        return "it is empty"
    if text.lstrip().startswith("-"):
        return "it is an option of pip"
    if re.match(r"\s*[\w.-]+(\[[^]]*\])?\s*=(?!=)", text):
        return "a version is given with `==`"
    return error.splitlines()[0].strip() or "it cannot be read"


def _defined(module: Module) -> frozenset[str] | None:
    """Names that the module defines; None when that is not known without reading it."""
    if not isinstance(module, ExtractedModule):
        return None
    return frozenset(name for statement in module.statements for name in statement.defines)


def _unknown(stage: Stage, module: str, function: str, suggestion: str) -> UnknownCode:
    return UnknownCode(span=stage.span, stage=stage.id, module=module, function=function, suggestion=suggestion)
