"""PPC130-131: the code and the packages that stages need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.code import BadRequirement, UnknownCode
from portable_pipeline.diagnostics.suggest import did_you_mean
from portable_pipeline.ir import ExtractedModule, Module, Pipeline, PythonBody


def missing_code(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Stages and hooks whose functions are not among the pipeline's code."""
    modules = {module.name: module for module in pipeline.modules}
    defined = {name: _defined(module) for name, module in modules.items()}
    for body, user, span in _bodies(pipeline):
        if body.installed:
            continue
        module, function = body.module, body.function
        names = defined.get(module)
        if module not in modules:
            known: Iterable[str] = modules
        elif names is not None and function.partition(".")[0] not in names:
            known = names
        else:
            continue
        suggestion = did_you_mean(module if module not in modules else function, known)
        yield UnknownCode(span=span, stage=user, module=module, function=function, suggestion=suggestion)


def _bodies(pipeline: Pipeline) -> Iterator[tuple[PythonBody, str, Span | None]]:
    """The functions of stages and hooks, with the id of the stage, or of the pipeline."""
    for stage in pipeline.stages:
        if isinstance(stage.body, PythonBody):
            yield stage.body, stage.id, stage.span
        if stage.on_failure is not None:
            yield stage.on_failure.body, stage.id, stage.on_failure.span
    for hook in (pipeline.on_exit, pipeline.on_failure):
        if hook is not None:
            yield hook.body, pipeline.name, hook.span


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
