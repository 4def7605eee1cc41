"""The user's code of a stage or a hook, as it is nested in a component."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from portable_pipeline.codegen.code_folder import closure, local_modules
from portable_pipeline.codegen.literals import Source, identifier
from portable_pipeline.codegen.names import RUNTIME_PACKAGE
from portable_pipeline.ir import CommandBody, ExtractedModule, Hook, Module, Pipeline, PythonBody, Stage, Statement
from ppc_kfp.closures import deeper, global_names, imports, nested
from ppc_kfp.plan_failures import Code

#: Names of ours that code may use: KFP has an `Artifact`, the others are written into the component.
_CLASSES = ("Abort", "FailureEvent", "RunEvent")


def code_of(
    pipeline: Pipeline, stage: Stage, depth: int = 1, more_imports: Iterable[Source] = (), told: str = ""
) -> Code:
    """The code that a stage's function needs, itself included.

    Args:
        depth: How many functions it is nested in.
        more_imports: What else is imported.
        told: The class of the event that the function is called with.
    """
    statements = closure(pipeline, stage)
    module = own_module(pipeline, stage)
    known = module.runtime_names if module is not None else ()
    classes = [each for each in _CLASSES if each == told or (each in known and names(statements, each))]
    # Modules that travel along have them from our runtime, and an event has to be one for them, too.
    shared = [each for each in classes if each in _runtime_names(local_modules(pipeline, stage))]
    runtime = [Source(f"from {RUNTIME_PACKAGE} import {', '.join(shared)}")] if shared else []
    return Code(
        imports=(*_imports(stage, module, statements, depth), *more_imports, *runtime),
        kfp_imports=(Source("from kfp.dsl import Artifact"),) * ("Artifact" in known and names(statements, "Artifact")),
        # An event's class looks as if it were imported, too.
        globals=tuple(
            identifier(each) for each in (*([told] if told and told not in shared else []), *global_names(statements))
        ),
        classes=tuple(each for each in classes if each not in shared),
        text=_text(module, statements, depth),
        depth=depth,
    )


def carried_modules(pipeline: Pipeline, stage: Stage) -> tuple[Module, ...]:
    """The user's further modules that a stage's component carries: those of the stage, and of its hook."""
    stages = (stage, *([as_stage(stage.on_failure)] if stage.on_failure is not None else []))
    return tuple(dict.fromkeys(module for each in stages for module in local_modules(pipeline, each)))


def as_stage(hook: Hook, id: str = "hook") -> Stage:
    """A hook as a stage: its code travels in the same way."""
    return Stage(id=id, body=hook.body, span=hook.span)


def own_module(pipeline: Pipeline, stage: Stage) -> ExtractedModule | None:
    """The module that its function was taken out of."""
    body = stage.body
    named = (each for each in pipeline.modules if isinstance(body, PythonBody) and each.name == body.module)
    return next((each for each in named if isinstance(each, ExtractedModule)), None)


def names(statements: Iterable[Statement], name: str) -> bool:
    """Whether the statements name it."""
    return any(re.search(rf"\b{name}\b", each.text) for each in statements)


def _runtime_names(modules: Iterable[Module]) -> frozenset[str]:
    return frozenset(name for each in modules if isinstance(each, ExtractedModule) for name in each.runtime_names)


def _text(module: ExtractedModule | None, statements: tuple[Statement, ...], depth: int) -> Source:
    if module is None or not statements:
        return Source("")
    package = module.name.rpartition(".")[0]
    return deeper(nested(statements, package, annotations_as_strings=module.future_annotations), depth)


def _imports(
    stage: Stage, module: ExtractedModule | None, statements: tuple[Statement, ...], depth: int
) -> Iterator[Source]:
    if isinstance(stage.body, CommandBody):
        yield Source("import subprocess")
    elif module is not None:
        package = module.name.rpartition(".")[0]
        yield from imports(statements, package, depth)
    else:
        yield Source(f"from {identifier(stage.body.module)} import {identifier(stage.body.function.split('.')[0])}")
