"""Which function of which module a stage is, and whether a function of that kind can be a stage at all."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any

from portable_pipeline.capture.definitions import Definition
from portable_pipeline.capture.project import Project
from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.functions import (
    AsyncStage,
    GeneratorStage,
    HiddenFunction,
    MethodAsStage,
    NestedFunction,
    NoSource,
    NotAFunction,
)
from portable_pipeline.dsl.stages import StageFunction


@dataclass(frozen=True, slots=True)
class Target:
    """Where a stage's function is."""

    module: str
    function: str
    installed: bool = False


def target_of(
    stage: StageFunction[..., Any], definition: Definition, project: Project, found: list[Diagnostic]
) -> Target:
    """Find the function of a stage; what cannot be one is reported."""
    function: Any = stage.function
    while isinstance(function, StageFunction):
        function = function.function
    # Nothing travels for it; what is wrong is said here, and not again because its module is missing.
    nowhere = Target("__main__", stage.__name__, installed=True)
    if isinstance(function, functools.partial | type) or not callable(function):
        found.append(NotAFunction(span=definition.settings.whole, what=_kind_of(function)))
        return nowhere
    inner = inspect.unwrap(function)
    if inspect.ismethod(inner):
        found.append(MethodAsStage(span=definition.settings.whole, function=inner.__qualname__))
        return nowhere
    if not isinstance(inner, FunctionType):
        if getattr(inner, "__module__", None) and inspect.isbuiltin(inner):
            return Target(inner.__module__, inner.__name__, installed=True)
        found.append(NotAFunction(span=definition.settings.whole, what=_kind_of(inner)))
        return nowhere
    if inner.__name__ == "<lambda>":
        found.append(NotAFunction(span=definition.settings.whole, what="a lambda"))
        return nowhere
    _refuse_kinds(inner, stage, definition, found)
    for module, name in _decorated(stage, project):
        return Target(module, name)
    if "<locals>" in inner.__qualname__:
        found.append(NestedFunction(span=definition.name_span, function=inner.__name__))
        return nowhere
    if "." in inner.__qualname__:
        found.append(MethodAsStage(span=definition.name_span, function=inner.__qualname__))
        return nowhere
    source = project.file(inner.__code__.co_filename)
    if source is None and not _is_file(inner.__code__.co_filename):
        reason = f"it was made from text, in {inner.__code__.co_filename}"
        found.append(NoSource(span=definition.settings.whole, what=f"stage `{stage.__name__}`", reason=reason))
        return nowhere
    there = getattr(sys.modules.get(inner.__module__), inner.__qualname__, None)
    while isinstance(there, StageFunction):
        there = there.function
    if there not in (function, inner):
        found.append(HiddenFunction(span=definition.name_span, function=inner.__name__))
        return nowhere
    return Target(inner.__module__, inner.__qualname__, installed=source is None)


def _refuse_kinds(
    inner: FunctionType, stage: StageFunction[..., Any], definition: Definition, found: list[Diagnostic]
) -> None:
    if inspect.iscoroutinefunction(inner) or inspect.isasyncgenfunction(inner):
        found.append(AsyncStage(span=definition.name_span, function=stage.__name__))
    elif inspect.isgeneratorfunction(inner):
        found.append(GeneratorStage(span=definition.name_span, function=stage.__name__))


def _decorated(stage: StageFunction[..., Any], project: Project) -> Iterator[tuple[str, str]]:
    """The top-level function that the stage is, where it was made one by a decorator."""
    homes = dict.fromkeys((getattr(stage.function, "__module__", None) or "", _module_of(stage.place.code.co_filename)))
    for home in homes:
        module = sys.modules.get(home)
        source = project.file(getattr(module, "__file__", None) or "")
        if module is None or source is None:
            continue
        yield from ((home, name) for name in _names_of(stage, module) if name in source.functions)


def _names_of(stage: StageFunction[..., Any], module: ModuleType) -> list[str]:
    name = getattr(stage.function, "__name__", "")
    if vars(module).get(name) is stage:
        return [name]
    return [name for name, value in vars(module).items() if value is stage]


def _module_of(file: str) -> str:
    return next((name for name, each in list(sys.modules.items()) if getattr(each, "__file__", None) == file), "")


def _is_file(name: str) -> bool:
    return not (name.startswith("<") and name.endswith(">"))


def _kind_of(value: object) -> str:
    if isinstance(value, functools.partial):
        return "a `functools.partial`"
    return f"class `{value.__name__}`" if isinstance(value, type) else f"an object of class `{type(value).__name__}`"
