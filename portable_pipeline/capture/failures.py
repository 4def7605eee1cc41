"""Exceptions of the user's code as diagnostics, with the user's own frame."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from types import TracebackType
from typing import Any

from portable_pipeline.capture.checks import syntax_span
from portable_pipeline.capture.definitions import definition_of
from portable_pipeline.capture.project import Project
from portable_pipeline.capture.spans import Spans
from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.input import FailingImport, FailingPipeline, NotPython
from portable_pipeline.diagnostics.suggest import did_you_mean
from portable_pipeline.dsl.pipelines import PipelineFunction, pipeline
from portable_pipeline.dsl.places import Place
from portable_pipeline.dsl.schedules import cron
from portable_pipeline.dsl.stages import command, stage

_UNEXPECTED = re.compile(r"(?P<function>\w+)\(\) got an unexpected keyword argument '(?P<name>\w+)'")
_GUESS = re.compile(r"\. Did you mean[^?]*\?$")
_OURS: dict[str, Callable[..., Any]] = {"stage": stage, "pipeline": pipeline, "command": command, "cron": cron}


def failing_import(error: BaseException, shown: str, project: Project, spans: Spans) -> Diagnostic:
    """An exception that the user's module, under the name that the user gave, raised while it was imported."""
    if isinstance(error, SyntaxError) and error.filename:
        broken = project.file(error.filename)
        if broken is not None:
            return NotPython(span=syntax_span(error, broken), reason=error.msg)
    return FailingImport(
        span=_users_span(error.__traceback__, project, spans),
        file=shown,
        error=described(error),
        advice_on_it=_advice(error),
    )


def failing_pipeline(error: BaseException, failed: PipelineFunction, project: Project, spans: Spans) -> Diagnostic:
    """An exception that a pipeline function raised while it was traced."""
    span = _users_span(error.__traceback__, project, spans)
    return FailingPipeline(span=span, pipeline=failed.__name__, error=described(error))


def is_lazy(function: Callable[..., Any]) -> bool:
    """Whether calling it executes nothing of it."""
    return any(
        check(function)
        for check in (inspect.isgeneratorfunction, inspect.iscoroutinefunction, inspect.isasyncgenfunction)
    )


def lazy_pipeline(failed: PipelineFunction, project: Project, spans: Spans) -> Diagnostic:
    """A pipeline function that is a generator or a coroutine."""
    title = f"pipeline `{failed.__name__}`"
    span = definition_of(title, failed.function, failed.place, project, spans).name_span
    kind = "generator" if inspect.isgeneratorfunction(failed.function) else "coroutine"
    return FailingPipeline(
        span=span, pipeline=failed.__name__, error=f"it is a {kind}, of which a call executes nothing"
    )


def described(error: BaseException) -> str:
    """The exception in one line, as a traceback ends."""
    # Newer versions of Python guess too; what they guess is not the same in all.
    try:
        text = _GUESS.sub("", " ".join(str(error).split()))
    except Exception:
        text = "(its message cannot be had)"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _advice(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError):
        return (
            f"install `{error.name}` beside ppc, or import it inside the stages that use it: "
            "whatever reads this file then needs it no more"
        )
    found = _UNEXPECTED.search(described(error))
    if isinstance(error, TypeError) and found and found["function"] in _OURS:
        known = inspect.signature(_OURS[found["function"]]).parameters
        return did_you_mean(found["name"], [name for name in known if name != "function"], listed=20)
    return "a pipeline file is imported like any module; `python FILE` shows the whole traceback"


def _users_span(traceback: TracebackType | None, project: Project, spans: Spans) -> Span | None:
    """The innermost place in the user's files."""
    found: Span | None = None
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if project.file(code.co_filename) is not None:
            found = spans.of(Place(code, traceback.tb_lasti, traceback.tb_lineno))
        traceback = traceback.tb_next
    return found
