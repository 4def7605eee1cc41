"""From the name of a pipeline to its IR."""

from __future__ import annotations

import gc
import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from portable_pipeline.capture.build import Builder
from portable_pipeline.capture.checks import why_unusable
from portable_pipeline.capture.failures import failing_import, failing_pipeline, is_lazy, lazy_pipeline
from portable_pipeline.capture.importing import execute, users_imports
from portable_pipeline.capture.json_files import read_ir
from portable_pipeline.capture.naming import Named, resolve
from portable_pipeline.capture.project import Project, module_name
from portable_pipeline.capture.source_files import SourceFile
from portable_pipeline.capture.sources import Sources
from portable_pipeline.capture.spans import Spans
from portable_pipeline.diagnostics import Diagnostic, Refused, has_errors, in_order
from portable_pipeline.diagnostics.catalog.input import NoPipeline, SeveralPipelines, UnknownPipeline
from portable_pipeline.diagnostics.suggest import did_you_mean
from portable_pipeline.dsl.handles import Handle
from portable_pipeline.dsl.pipelines import PipelineFunction
from portable_pipeline.dsl.trace import ParameterValue, Trace, tracing
from portable_pipeline.ir import Pipeline


@dataclass(frozen=True, slots=True)
class Captured:
    """A pipeline that was captured.

    Args:
        pipeline: The IR; it is what the user wrote only where no diagnostic is an error.
        diagnostics: What capture found, in order of place.
        sources: Texts of the files that the spans point into.
    """

    pipeline: Pipeline
    diagnostics: tuple[Diagnostic, ...]
    sources: Sources


class NotCaptured(Refused):
    """Nothing could be captured.

    Args:
        diagnostics: Why.
        sources: Texts of the files that the spans point into.
    """

    def __init__(self, diagnostics: tuple[Diagnostic, ...], sources: Sources) -> None:
        super().__init__(diagnostics)
        self.sources = sources


def load(name: str) -> Captured:
    """The pipeline of that name.

    Args:
        name: `path.py`, `path.py:function`, `package.module:function`, or a `.json` file with the IR.

    Raises:
        NotCaptured: If nothing can be captured.
    """
    sources = Sources()
    try:
        named = resolve(name)
        if named.file.suffix == ".json":
            return Captured(read_ir(named), (), sources)
        project = Project(named.root, named.file)
        sources = Sources(project.top)
        with room_for_syntax_trees():
            pipeline, found = _capture(named, project)
    except Refused as refused:
        raise NotCaptured(refused.diagnostics, sources) from None
    return Captured(pipeline, in_order(found), sources)


def _capture(named: Named, project: Project) -> tuple[Pipeline, list[Diagnostic]]:
    source = project.file(str(named.file))
    assert source is not None, "the pipeline file belongs to its project"
    dotted = module_name(source.path, project.root)
    unusable = why_unusable(source, dotted)
    if unusable is not None:
        raise Refused([unusable])
    spans = Spans(project)
    with users_imports(project):
        try:
            module = execute(source, dotted)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise Refused([failing_import(error, named.shown, project, spans)]) from None
        pipeline = _chosen(module, named)
        return _traced(pipeline, project, spans, source)


@contextmanager
def room_for_syntax_trees() -> Iterator[None]:
    """Collect no garbage for a while, and let functions call themselves as deeply as trees are.

    Trees are many objects, all in use: looking through them for garbage takes a third of the time. A chain of a
    thousand `elif` is a thousand levels deep.
    """
    enabled, limit = gc.isenabled(), sys.getrecursionlimit()
    gc.disable()
    sys.setrecursionlimit(max(limit, 10_000))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        if enabled:
            gc.enable()


def _traced(
    pipeline: PipelineFunction, project: Project, spans: Spans, source: SourceFile
) -> tuple[Pipeline, list[Diagnostic]]:
    found: list[Diagnostic] = []
    if is_lazy(pipeline.function):
        raise Refused([lazy_pipeline(pipeline, project, spans)])
    builder = Builder(pipeline, project, spans, found)
    trace = Trace()
    arguments, keywords = _stand_ins(pipeline, trace)
    failure: Diagnostic | None = None
    try:
        with tracing(trace):
            pipeline.function(*arguments, **keywords)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        failure = failing_pipeline(error, pipeline, project, spans)
    built = builder.build(trace, source.name)
    if failure is not None:
        # After a misuse the failure is most likely what the stand-in brought about.
        raise Refused(in_order(found if trace.misuses and has_errors(found) else [*found, failure]))
    return built, found


def _stand_ins(pipeline: PipelineFunction, trace: Trace) -> tuple[list[Handle], dict[str, Handle]]:
    """A handle for each parameter, also for those that a pipeline cannot have: that is said elsewhere."""
    arguments: list[Handle] = []
    keywords: dict[str, Handle] = {}
    for name, parameter in inspect.signature(pipeline.function).parameters.items():
        handle = Handle(ParameterValue(name), trace)
        if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
            arguments.append(handle)
        elif parameter.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            keywords[name] = handle
    return arguments, keywords


def _chosen(module: ModuleType, named: Named) -> PipelineFunction:
    """The pipeline that the name means."""
    everything = {name: each for name, each in vars(module).items() if isinstance(each, PipelineFunction)}
    own = {name: each for name, each in everything.items() if each.function.__module__ == module.__name__}
    path = named.shown
    if named.function is not None:
        if named.function not in everything:
            suggestion = _about(named.function, vars(module), everything)
            raise Refused([UnknownPipeline(path=path, name=named.function, suggestion=suggestion)])
        return everything[named.function]
    if not own:
        raise Refused([NoPipeline(path=path, hint=_hint(module, everything, path))])
    if len(set(map(id, own.values()))) > 1:
        names = ", ".join(f"`{path}:{name}`" for name in own)
        raise Refused([SeveralPipelines(path=path, names=names)])
    return next(iter(own.values()))


def _about(name: str, namespace: dict[str, Any], pipelines: dict[str, PipelineFunction]) -> str:
    if callable(namespace.get(name)):
        return f"`{name}` is there, but no pipeline: decorate it with `@pipeline`"
    return did_you_mean(name, pipelines)


def _hint(module: ModuleType, imported: dict[str, PipelineFunction], path: str) -> str:
    if imported:
        return f"it imports one: name it, `{path}:{next(iter(imported))}`"
    return "decorate the function that calls the stages with `@pipeline`"
